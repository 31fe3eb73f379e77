//! The status at the end of a call of gRPC. Input: the last headers. Output: success, or what the server says.

use http::HeaderMap;

use super::super::Failure;

/// Statuses, by their number in gRPC.
const OK: &str = "0";
const CANCELLED: &str = "1";
const RESOURCE_EXHAUSTED: &str = "8";
const UNIMPLEMENTED: &str = "12";
const UNAVAILABLE: &str = "14";
const UNAUTHENTICATED: &str = "16";

/// Whether the call went well.
pub fn judge(headers: &HeaderMap) -> Result<(), Failure> {
    let Some(status) = headers.get("grpc-status").and_then(|status| status.to_str().ok()) else {
        return Err(Failure::interrupted("the answer ended without a status"));
    };
    let message = headers.get("grpc-message").map(|message| decoded(message.as_bytes())).unwrap_or_default();
    Err(match status {
        OK => return Ok(()),
        UNAVAILABLE | CANCELLED => Failure::interrupted(format!("the server says: {message}")),
        UNIMPLEMENTED => {
            Failure::answer(&format!("the server doesn't know the call, so it is not Spark Connect: {message}"))
        }
        UNAUTHENTICATED => {
            Failure::engine(&format!("the server refuses who asks (`token` and `user_id` in the address): {message}"))
        }
        RESOURCE_EXHAUSTED => Failure::engine(&format!("too large for the server: {message}")),
        _ => Failure::engine(without_plan(&message)),
    })
}

/// Spark's message without the plan that follows where the analysis failed.
fn without_plan(message: &str) -> &str {
    message.split_once(";\n").map_or(message, |(message, _)| message)
}

/// `%XX` as the byte that is meant; what is not so written stays.
fn decoded(message: &[u8]) -> String {
    let digit = |byte: Option<&u8>| {
        byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok())
    };
    let mut bytes = Vec::with_capacity(message.len());
    let mut rest = message;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if let (b'%', Some(high), Some(low)) = (byte, digit(tail.first()), digit(tail.get(1))) {
            bytes.push(high * 16 + low);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
