use std::path::Path;

use super::{Root, is_file_uri};

fn root(uri: &str) -> Root {
    Root { uri: uri.to_owned(), name: None }
}

#[test]
fn only_file_uris_are_roots() {
    for uri in
        ["file:///", "file:///home/a%20b", "FILE:///home", "file://host/share", "file:///C:/x"]
    {
        assert!(is_file_uri(uri), "{uri}");
    }
    for uri in [
        "",
        "/home",
        "file:/home",
        "file://",
        "https://example.com/",
        "file:///a b",
        "file:///a\n",
        "file:///%zz",
        "file:///%4",
        "file:///%00",
        "file:///a%2Fb",
        "file:///%ff",
        "file:///\u{e9}",
        "fil\u{e9}://a/b",
    ] {
        assert!(!is_file_uri(uri), "{uri}");
    }
}

#[cfg(unix)]
#[test]
fn a_root_of_this_machine_has_a_path() {
    for uri in ["file:///home/a%20b", "file://localhost/home/a%20b"] {
        assert_eq!(root(uri).path().as_deref(), Some(Path::new("/home/a b")), "{uri}");
    }
    assert_eq!(root("file:///caf%C3%A9").path().as_deref(), Some(Path::new("/caf\u{e9}")));
    assert_eq!(root("file://elsewhere/home").path(), None);
}
