use super::check;

#[test]
fn https_goes_anywhere_and_http_to_this_machine() {
    for url in [
        "https://pay.example.com",
        "HTTPS://pay.example.com:8443/a?b=c#d",
        "https://pay.example.com/a@b",
        "https://[2001:db8::1]/",
        "http://localhost/",
        "http://127.0.0.1:8000/pay/1",
        "http://[::1]:8000/pay",
    ] {
        assert_eq!(check(url, false), Ok(()), "{url}");
    }
    assert_eq!(check("http://intranet/pay", true), Ok(()));
}

#[test]
fn a_url_that_could_mislead_is_refused() {
    for url in [
        "",
        "pay.example.com",
        "/pay",
        "//pay.example.com",
        "javascript:alert(1)",
        "ftp://pay.example.com",
        "file:///etc/passwd",
        "http://pay.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://localhost@pay.example.com/",
        "https://",
        "https:///pay",
        "https://?a",
        "https://user@pay.example.com",
        "https://user:pass@pay.example.com",
        "https://pay.example.com:80x/",
        "https://[::1",
        "https://[::1]x/",
        "https://[pay]/",
        "https://pay.example.com\\@evil.example",
        "https://pay.example.com/a b",
        "https://pay.example.com/\u{7}",
        "https://päy.example.com/",
        " https://pay.example.com/",
    ] {
        assert!(check(url, false).is_err(), "{url}");
    }
    assert!(check("ftp://pay.example.com", true).is_err(), "only http is allowed besides");
}

#[test]
fn a_url_has_an_end() {
    let start = "https://pay.example.com/";
    let long = format!("{start}{}", "x".repeat(2048 - start.len()));
    assert_eq!(check(&long, false), Ok(()));
    assert!(check(&(long + "x"), false).is_err());
}
