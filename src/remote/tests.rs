//! Addresses, failures, and what happens where no engine answers as it should.

use std::io::Write as _;
use std::net::TcpListener;

use super::address::{Address, PostgresServer, SparkServer};
use super::*;

fn refused(address: &str) -> (String, String) {
    match Address::read(address) {
        Err(Failure::Address { wrong, help }) => (wrong, help),
        other => panic!("{address}: {other:?}"),
    }
}

fn spark(address: &str) -> SparkServer {
    match Address::read(address) {
        Ok(Address::Spark(server)) => server,
        other => panic!("{address}: {other:?}"),
    }
}

fn postgres(address: &str) -> PostgresServer {
    match Address::read(address) {
        Ok(Address::Postgres(server)) => server,
        other => panic!("{address}: {other:?}"),
    }
}

#[test]
fn addresses_of_spark() {
    for (address, host, port) in [
        ("sc://spark", "spark", 15_002),
        ("sc://spark/", "spark", 15_002),
        ("sc://10.0.0.7:99", "10.0.0.7", 99),
        ("sc://[::1]:99/;use_ssl=false", "::1", 99),
    ] {
        let server = spark(address);
        assert_eq!((server.host.as_str(), server.port), (host, port), "{address}");
    }
    let server = spark("sc://localhost/;user_id=Mar%20tin;token=abc;user_agent=x;grpc_max_message_size=2048");
    assert_eq!((server.user.as_deref(), server.max_message), (Some("Mar tin"), 2048));
    assert_eq!(server.token.as_ref().map(|secret| secret.0.as_str()), Some("abc"));
    assert!(!format!("{server:?}").contains("abc"));
}

#[test]
fn addresses_of_postgres() {
    let server = postgres(
        "postgres://me:p%40ss@db.example.org:99/my%20data?application_name=x&connect_timeout=3&sslmode=disable",
    );
    assert_eq!((server.host.as_str(), server.port), ("db.example.org", 99));
    assert_eq!((server.user.as_deref(), server.database.as_deref()), (Some("me"), Some("my data")));
    assert_eq!(server.password.as_ref().map(|secret| secret.0.as_str()), Some("p@ss"));
    assert_eq!((server.application.as_deref(), server.patience), (Some("x"), Some(3)));
    assert!(!format!("{server:?}").contains("p@ss"));
    let server = postgres("postgresql://");
    assert_eq!((server.host.as_str(), server.port, server.user, server.database), ("localhost", 5432, None, None));
    assert_eq!(postgres("postgres:///x?host=/run/postgresql").host, "/run/postgresql");
    assert!(postgres("postgres://[::1]/x").is_local() && !postgres("postgres://10.0.0.7/x").is_local());
}

#[test]
fn addresses_of_duckdb() {
    for (address, file) in
        [("duckdb:", ""), ("duckdb::memory:", ""), ("duckdb:a b.db", "a b.db"), ("duckdb:/x.db", "/x.db")]
    {
        assert_eq!(Address::read(address), Ok(Address::DuckDb(file.to_owned())));
    }
}

#[test]
fn addresses_that_cannot_be_read() {
    for (address, wrong) in [
        ("contacts.csv", "begins with what it is"),
        ("mysql://u:SECRET@h", "begins with `mysql:`"),
        ("sc://", "no host"),
        ("sc://h:0", "port"),
        ("sc://h:SECRET", "port"),
        ("sc://h/path;token=SECRET", "a path"),
        ("sc://h;token=SECRET", "after `/;`"),
        ("sc://h/;token=SECRET", "not sent without TLS"),
        ("sc://h/;use_ssl=true;token=SECRET", "`use_ssl=true`"),
        ("sc://h/;use_ssl=SECRET", "neither"),
        ("sc://localhost/;token=SECRET%0a", "printable"),
        ("sc://h/;session_id=SECRET", "not a UUID"),
        ("sc://h/;grpc_max_message_size=SECRET", "number of bytes"),
        ("sc://h/;user=x", "parameter `user`"),
        ("sc://h/;user_id=x;user_id=SECRET", "`user_id` twice"),
        ("sc://h/;SECRET", "without `=`"),
        ("sc://[::1", "not closed"),
        ("sc://a b", "host"),
        ("postgres://u:SE%CRET@h", "hexadecimal"),
        ("postgres://u:SECRET@h:x/d", "port"),
        ("postgres://u:SECRET@a,b/d", "several hosts"),
        ("postgres://u:SECRET@h/d?sslmode=verify-full", "`sslmode=verify-full`"),
        ("postgres://u:SECRET@h/d?sslmode=SECRET", "none of PostgreSQL's"),
        ("postgres://u:SECRET@h/d?pasword=SECRET", "parameter `pasword`"),
        ("postgres://u:SECRET%00@h/d", "`%00`"),
        ("postgres://h/d?connect_timeout=SECRET", "seconds"),
    ] {
        let (said, help) = refused(address);
        assert!(said.contains(wrong), "{address}: {said}");
        assert!(!said.contains("SECRET") && !help.contains("SECRET") && !help.is_empty(), "{address}: {said}, {help}");
    }
}

#[test]
fn messages_of_engines_are_short_and_safe() {
    let long = format!("\u{1b}[31mred\n\n{}\n3\n4\n5\n6\n7\n8", "x".repeat(1000));
    let Failure::Engine(shown) = Failure::engine(&long) else { panic!() };
    assert_eq!(shown.lines().count(), 7, "{shown}");
    assert!(shown.starts_with("\\u{1b}[31mred\nxxx") && shown.ends_with("\n6\n.."), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 402), "{shown}");
    assert_eq!(Failure::engine(" \n"), Failure::Engine("the engine gave no reason".to_owned()));
}

#[test]
fn rows_are_packed() {
    let mut rows = Rows::new(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!((rows.len(), rows.is_empty()), (0, true));
    for cell in [Some("x"), None, Some(""), Some("é")] {
        rows.push(cell);
    }
    let read: Vec<Vec<Option<&str>>> = rows.iter().map(Iterator::collect).collect();
    assert_eq!(read, [[Some("x"), None], [Some(""), Some("é")]]);
    assert_eq!((rows.cell(0, 2), rows.cell(2, 0), rows.cell(usize::MAX, 1)), (None, None, None));
    assert_eq!(Rows::default().len(), 0);
}

/// Answers each connection with some bytes, then closes it.
fn babbler(bytes: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.unwrap().write_all(bytes);
        }
    });
    port
}

#[test]
fn what_is_not_the_engine_is_named() {
    for bytes in [
        &b""[..],
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
        b"R\xff\xff\xff\xff",
        b"\x15\x03\x03\0\x02\x02\x46",
    ] {
        let port = babbler(bytes);
        for address in [format!("sc://127.0.0.1:{port}"), format!("postgres://u@127.0.0.1:{port}/d?connect_timeout=1")]
        {
            let failure = connect(&address).err();
            let shown = format!("127.0.0.1:{port}");
            let named = matches!(&failure, Some(Failure::Unreachable { place, .. }) if *place == shown);
            assert!(named, "{address}, {bytes:?}: {failure:?}");
        }
    }
}

#[test]
fn where_nobody_listens_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for address in [format!("sc://127.0.0.1:{port}"), format!("postgres://u@127.0.0.1:{port}/d")] {
        let failure = connect(&address).err().unwrap();
        assert!(failure.message().starts_with(&format!("can't reach `127.0.0.1:{port}`")), "{failure}");
        assert!(failure.help().is_some());
    }
}
