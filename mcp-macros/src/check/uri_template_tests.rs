use super::uri_template;

#[test]
fn variables_of_all_operators_are_found() {
    let variables = |template| uri_template(template).map(|it| it.join(" "));
    assert_eq!(variables("users://{id}/profile").as_deref(), Ok("id"));
    assert_eq!(variables("file:///{+path}").as_deref(), Ok("path"));
    assert_eq!(variables("db://{table}{?limit,offset}").as_deref(), Ok("table limit offset"));
    assert_eq!(variables("{scheme}://it's").as_deref(), Ok("scheme"));
    assert_eq!(variables("x:{a}{/b}{.c}{;d}{#e}").as_deref(), Ok("a b c d e"));
    assert_eq!(variables("config://app").as_deref(), Ok(""));
    assert_eq!(variables("x://a%20b/{user.name}").as_deref(), Ok("user.name"));
}

#[test]
fn faults_are_told() {
    for (template, fault) in [
        ("", "scheme"),
        ("/notes/{id}", "scheme"),
        ("users/{id}", "scheme"),
        ("x://{id", "a `{` without"),
        ("x://{a{b}}", "a `{` without"),
        ("x://id}", "a `}` without"),
        ("x://{}", "names no variable"),
        ("x://{?}", "no name of a variable"),
        ("x://{a b}", "no name of a variable"),
        ("x://{!a}", "not an operator"),
        ("x://{a*}", "level 4"),
        ("x://{a:3}", "level 4"),
        ("x://{a}/{a}", "twice"),
        ("x://{a}{b}", "separates"),
        ("x://a{?q}/b", "only stand at the end"),
        ("x://a{?q}{&r}", "only stand at the end"),
        ("x://a b", "a space"),
        ("x://a%2", "hexadecimal"),
        ("x://<a>", "cannot be in a URI"),
    ] {
        match uri_template(template) {
            Err(message) => assert!(message.contains(fault), "{template}: {message}"),
            Ok(_) => panic!("`{template}` is taken for a URI template"),
        }
    }
}
