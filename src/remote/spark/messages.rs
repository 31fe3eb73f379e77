//! The few messages of Spark Connect that are needed, in the encoding of protocol buffers.
//!
//! The numbers of the fields are those of `spark/connect/base.proto`, `commands.proto` and `relations.proto`.

/// Who asks, in which session.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The session's UUID.
    pub session: String,
    /// The user's name.
    pub user: String,
    /// The program that asks.
    pub agent: String,
    /// What marks the work of this connection in a session that others share.
    pub tag: String,
}

/// The type of an interruption that goes by a tag.
const BY_TAG: u64 = 2;

/// What is to be done with SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// It is a query: its rows are wanted.
    Query,
    /// It is a statement that does something.
    Command,
}

/// `ExecutePlanRequest`.
pub fn execute(asker: &Asker, task: Task, sql: &str) -> Vec<u8> {
    let relation = Message::new().message(10, Message::new().text(1, sql));
    let plan = match task {
        Task::Query => Message::new().message(1, relation),
        // Servers of version 3 know the text alone, later ones prefer the relation.
        Task::Command => {
            let command = Message::new().text(1, sql).message(6, relation);
            Message::new().message(2, Message::new().message(5, command))
        }
    };
    addressed(asker).message(3, plan).text(4, &asker.agent).text(7, &asker.tag).bytes
}

/// `ConfigRequest` that sets some settings of the session.
pub fn set(asker: &Asker, settings: &[(&str, &str)]) -> Vec<u8> {
    let pairs = settings
        .iter()
        .fold(Message::new(), |pairs, (name, value)| pairs.message(1, Message::new().text(1, name).text(2, value)));
    addressed(asker).message(3, Message::new().message(1, pairs)).text(4, &asker.agent).bytes
}

/// `InterruptRequest`, for all that has the tag.
pub fn interrupt(asker: &Asker) -> Vec<u8> {
    let mut request = addressed(asker).text(3, &asker.agent);
    request.varint(4 << 3);
    request.varint(BY_TAG);
    request.text(5, &asker.tag).bytes
}

/// `ReleaseSessionRequest`.
pub fn release(asker: &Asker) -> Vec<u8> {
    addressed(asker).text(3, &asker.agent).bytes
}

fn addressed(asker: &Asker) -> Message {
    let user = Message::new().text(1, &asker.user).text(2, &asker.user);
    Message::new().text(1, &asker.session).message(2, user)
}

/// A message that is being written.
struct Message {
    bytes: Vec<u8>,
}

impl Message {
    fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u64, message: Self) -> Self {
        self.bytes(field, &message.bytes)
    }

    /// A field with its length before it: wire type 2.
    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
        self
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.bytes.push(number.to_le_bytes()[0]);
    }
}

/// The `ArrowBatch` of an `ExecutePlanResponse`.
#[derive(Debug, Default)]
pub struct Batch<'b> {
    /// How many rows there are.
    pub rows: u64,
    /// A stream of Arrow.
    pub data: &'b [u8],
}

/// What matters of an `ExecutePlanResponse`.
#[derive(Debug)]
pub enum Response<'b> {
    /// Rows.
    Rows(Batch<'b>),
    /// How far the work has come, in all stages that have begun.
    Tasks {
        /// The tasks that are done.
        done: u64,
        /// All of them.
        all: u64,
    },
    /// Something else.
    Other,
}

/// Reads an `ExecutePlanResponse`; `None` means that it is broken.
pub fn response(bytes: &[u8]) -> Option<Response<'_>> {
    let mut found = Response::Other;
    let mut rest = bytes;
    while !rest.is_empty() {
        match field(&mut rest)? {
            (2, Field::Bytes(inner)) => found = Response::Rows(read_batch(inner)?),
            (18, Field::Bytes(inner)) => found = read_progress(inner)?,
            _ => {}
        }
    }
    Some(found)
}

/// The stages of an `ExecutionProgress` together.
fn read_progress(mut rest: &[u8]) -> Option<Response<'_>> {
    let (mut done, mut all) = (0_u64, 0_u64);
    while !rest.is_empty() {
        let (1, Field::Bytes(mut stage)) = field(&mut rest)? else { continue };
        while !stage.is_empty() {
            match field(&mut stage)? {
                (2, Field::Number(tasks)) => all = all.saturating_add(tasks),
                (3, Field::Number(tasks)) => done = done.saturating_add(tasks),
                _ => {}
            }
        }
    }
    Some(Response::Tasks { done, all })
}

fn read_batch(mut rest: &[u8]) -> Option<Batch<'_>> {
    let mut batch = Batch::default();
    while !rest.is_empty() {
        match field(&mut rest)? {
            (1, Field::Number(rows)) => batch.rows = rows,
            (2, Field::Bytes(data)) => batch.data = data,
            _ => {}
        }
    }
    Some(batch)
}

/// A field's content.
enum Field<'b> {
    Number(u64),
    Bytes(&'b [u8]),
    Fixed,
}

fn field<'b>(rest: &mut &'b [u8]) -> Option<(u64, Field<'b>)> {
    let key = varint(rest)?;
    let content = match key & 7 {
        0 => Field::Number(varint(rest)?),
        1 => split(rest, 8).map(|_| Field::Fixed)?,
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            Field::Bytes(split(rest, length)?)
        }
        5 => split(rest, 4).map(|_| Field::Fixed)?,
        _ => return None,
    };
    Some((key >> 3, content))
}

fn split<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
