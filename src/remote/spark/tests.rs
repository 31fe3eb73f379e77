//! Batches of Arrow, whole and broken; messages and statuses.

use http::{HeaderMap, HeaderValue};

use super::messages::{Asker, Task};
use super::*;

/// A stream as pyarrow writes it: `one` (short texts) is "a", NULL, "", "é😀"; `zwei é` (long texts) is NULL, "x", "y",
/// "zz"; `three` is NULL.
const STREAM: &str = "\
    ffffffffc80000001000000000000a000c000600050008000a000000000104000c00000008000800000004000800000004000000030000\
    006c0000003000000004000000b0ffffff0000010110000000180000000400000000000000050000007468726565000000a4ffffffd8ff\
    ffff0000011410000000180000000400000000000000070000007a77656920c3a900ccffffff100014000800060007000c000000100010\
    0000000000010510000000180000000400000000000000030000006f6e6500040004000400000000000000ffffffffe800000014000000\
    000000000c0016000600050008000c000c0000000003040018000000600000000000000000000a0018000c00040008000a0000007c0000\
    00100000000400000000000000000000000600000000000000000000000100000000000000080000000000000014000000000000002000\
    00000000000007000000000000002800000000000000010000000000000030000000000000002800000000000000580000000000000004\
    00000000000000000000000300000004000000000000000100000000000000040000000000000001000000000000000400000000000000\
    04000000000000000d0000000000000000000000010000000100000001000000070000000000000061c3a9f09f9880000e000000000000\
    000000000000000000000000000000000001000000000000000200000000000000040000000000000078797a7a00000000ffffffff0000\
    0000";

fn bytes() -> Vec<u8> {
    let digits = STREAM.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn batches_are_read() {
    let mut rows = None;
    assert_eq!(arrow::add(&bytes(), &mut rows), Ok(4));
    assert_eq!(arrow::add(&bytes(), &mut rows), Ok(4));
    let rows = rows.unwrap();
    assert_eq!(rows.names(), ["one", "zwei é", "three"]);
    let read: Vec<Vec<Option<&str>>> = rows.iter().map(Iterator::collect).collect();
    let once = [
        [Some("a"), None, None],
        [None, Some("x"), None],
        [Some(""), Some("y"), None],
        [Some("é😀"), Some("zz"), None],
    ];
    assert_eq!(read, [once, once].concat());
}

#[test]
fn broken_batches_are_refused() {
    let whole = bytes();
    for length in 1..whole.len() - 8 {
        let mut rows = None;
        let read = arrow::add(&whole[..length], &mut rows);
        assert!(read.is_err() || read == Ok(0), "{length}: {read:?}");
    }
    for at in 0..whole.len() {
        for change in [0xff, 0x80, 1] {
            let mut broken = whole.clone();
            broken[at] ^= change;
            let mut rows = None;
            // It may be another batch, but nothing is read outside of it.
            if let Ok(count) = arrow::add(&broken, &mut rows) {
                assert_eq!(rows.map_or(0, |rows| rows.len() as u64), count, "{at}");
            }
        }
    }
}

#[test]
fn requests_are_written() {
    let asker = Asker { session: "s".to_owned(), user: "u".to_owned(), agent: "a".to_owned(), tag: "t".to_owned() };
    let query = b"\x0a\x01s\x12\x06\x0a\x01u\x12\x01u\x1a\x0b\x0a\x09\x52\x07\x0a\x05SQL \xc3\x22\x01a\x3a\x01t";
    let mut expected = query.to_vec();
    let place = expected.iter().position(|byte| *byte == 0xc3).unwrap();
    expected[place] = b'1';
    assert_eq!(messages::execute(&asker, Task::Query, "SQL 1"), expected);
    let long = "x".repeat(300);
    let command = messages::execute(&asker, Task::Command, &long);
    assert_eq!(command.windows(300).filter(|window| *window == long.as_bytes()).count(), 2);
    assert!(command.windows(3).any(|window| window == [0x0a, 0xac, 0x02]), "a length of two bytes");
}

#[test]
fn responses_are_read() {
    // A text, a number, eight bytes, four bytes, then the batch: two rows, "xy".
    let response = b"\x0a\x01s\x98\x01\x05\x19\0\0\0\0\0\0\0\0\x25\0\0\0\0\x12\x06\x08\x02\x12\x02xy";
    let Some(Response::Rows(batch)) = messages::response(response) else { panic!("it has rows") };
    assert_eq!((batch.rows, batch.data), (2, &b"xy"[..]));
    assert!(matches!(messages::response(b"\x0a\x01s"), Some(Response::Other)));
    // Two stages: 5 of 200 tasks and 3 of 4; then how many run.
    let progress = b"\x92\x01\x13\x0a\x07\x08\x01\x10\xc8\x01\x18\x05\x0a\x06\x10\x04\x18\x03\x28\x01\x10\x02";
    assert!(matches!(messages::response(progress), Some(Response::Tasks { done: 8, all: 204 })));
    for broken in
        [&b"\x12"[..], b"\x12\x05x", b"\x92\x01\x02\x0a\x05", b"\x0b", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"]
    {
        assert!(messages::response(broken).is_none(), "{broken:?}");
    }
}

#[test]
fn statuses_are_judged() {
    let judged = |status: &'static str, message: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-status", HeaderValue::from_static(status));
        headers.insert("grpc-message", HeaderValue::from_static(message));
        status::judge(&headers)
    };
    assert_eq!(judged("0", ""), Ok(()));
    assert_eq!(
        judged("13", "[X] caf%C3%A9%1B; line 1;%0A'Plan"),
        Err(Failure::Engine("[X] café\\u{1b}; line 1".to_owned()))
    );
    assert!(matches!(judged("14", "gone"), Err(Failure::Interrupted(_))));
    assert!(matches!(judged("12", "what"), Err(Failure::Answer(_))));
    assert!(matches!(status::judge(&HeaderMap::new()), Err(Failure::Interrupted(_))));
}

#[test]
fn sessions_are_uuids_unlike_each_other() {
    let (one, other) = (uuid(), uuid());
    assert!(super::super::address::Address::read(&format!("sc://h/;session_id={one}")).is_ok(), "{one}");
    assert_eq!((one.as_bytes()[14], one == other), (b'4', false));
    assert!(matches!(one.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{one}");
}
