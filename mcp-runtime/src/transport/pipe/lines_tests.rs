use super::{Line, Lines};

const MAX: usize = 8;

fn feed(lines: &mut Lines, bytes: &[u8]) -> Vec<Line> {
    lines.buffer().extend_from_slice(bytes);
    std::iter::from_fn(|| lines.next()).collect()
}

fn whole(text: &'static str) -> Line {
    Line::Whole(text.into())
}

#[test]
fn lines_end_with_a_newline_or_a_carriage_return_and_one() {
    let mut lines = Lines::new(MAX);
    assert_eq!(feed(&mut lines, b"one\ntwo\r\nthr"), [whole("one"), whole("two")]);
    assert_eq!(feed(&mut lines, b"ee\n"), [whole("three")]);
}

#[test]
fn blank_lines_are_left_out() {
    assert_eq!(feed(&mut Lines::new(MAX), b"\n\r\n  \t\n\none\n\n"), [whole("one")]);
}

#[test]
fn a_line_can_be_as_long_as_the_bound() {
    let mut lines = Lines::new(MAX);
    assert_eq!(feed(&mut lines, b"12345678\r"), []);
    assert_eq!(feed(&mut lines, b"\n12345678\n"), [whole("12345678"), whole("12345678")]);
    assert_eq!(feed(&mut lines, b"123456789\n1\n"), [Line::TooLong, whole("1")]);
}

#[test]
fn a_line_without_end_is_told_once_and_takes_no_memory() {
    let mut lines = Lines::new(MAX);
    assert_eq!(feed(&mut lines, &[b'x'; 100]), [Line::TooLong]);
    for _ in 0..1000 {
        assert_eq!(feed(&mut lines, &[b'x'; 1000]), []);
        assert!(lines.buffer.is_empty());
    }
    assert!(lines.buffer.capacity() <= 2 * Lines::READ_BYTES);
    assert_eq!(feed(&mut lines, b"xx\nnext\n"), [whole("next")]);
}

#[test]
fn a_long_line_does_not_keep_its_memory() {
    let mut lines = Lines::new(4 * 1024 * 1024);
    let mut long = vec![b'x'; 4 * 1024 * 1024];
    long.push(b'\n');
    assert_eq!(feed(&mut lines, &long).len(), 1);
    assert!(lines.buffer().capacity() <= 2 * Lines::READ_BYTES);
}

#[test]
fn the_last_line_needs_no_newline() {
    let mut lines = Lines::new(MAX);
    assert_eq!(feed(&mut lines, b"one\ntwo"), [whole("one")]);
    lines.end();
    assert_eq!(lines.next(), Some(whole("two")));
    assert_eq!(lines.next(), None);
}

#[test]
fn a_line_that_comes_byte_by_byte_is_searched_once() {
    let mut lines = Lines::new(MAX);
    for byte in b"12345678" {
        assert_eq!(feed(&mut lines, &[*byte]), []);
        assert_eq!(lines.searched, lines.buffer.len());
    }
    assert_eq!(feed(&mut lines, b"\n"), [whole("12345678")]);
}
