use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::UriTemplate;

fn matched(template: &str, uri: &str) -> Option<Value> {
    let template = UriTemplate::parse(template).expect(template);
    template.match_uri(uri).map(Value::Object)
}

#[track_caller]
fn check(template: &str, uri: &str, expected: Value) {
    assert_eq!(matched(template, uri), Some(expected), "{uri} against {template}");
}

#[track_caller]
fn check_not(template: &str, uri: &str) {
    assert_eq!(matched(template, uri), None, "{uri} against {template}");
}

#[test]
fn a_template_without_variables_matches_its_uri_alone() {
    let template = UriTemplate::parse("notes://today").expect("a URI");
    assert!(template.is_fixed());
    assert_eq!(template.match_uri("notes://today"), Some(Map::new()));
    for other in ["notes://today/", "notes://toda", "Notes://today", "notes://today?", ""] {
        assert_eq!(template.match_uri(other), None, "{other}");
    }
}

#[test]
fn variables_are_named_in_the_order_of_the_template() {
    let template = UriTemplate::parse("s://{b}/{+a}{?d,c}").expect("a template");
    assert!(!template.is_fixed());
    assert_eq!(template.variables().collect::<Vec<_>>(), ["b", "a", "d", "c"]);
}

#[test]
fn each_kind_of_expression_matches_what_it_expands_to() {
    check("users://{id}/profile", "users://7/profile", json!({ "id": "7" }));
    check("users://{id}", "users://a@b.c:d!$'()*+,;=", json!({ "id": "a@b.c:d!$'()*+,;=" }));
    check("s://{x,y}", "s://1024,768", json!({ "x": "1024", "y": "768" }));
    check("file:///{+path}", "file:///a/b/c.txt", json!({ "path": "a/b/c.txt" }));
    check("file:///{+path}", "file:///a?b#c", json!({ "path": "a?b#c" }));
    check("s://a{#part}", "s://a#one/two", json!({ "part": "one/two" }));
    check("s://a{#x,y}", "s://a#1,2", json!({ "x": "1", "y": "2" }));
    check("s://a{.ext}", "s://a.json", json!({ "ext": "json" }));
    check("s://a{.x,y}", "s://a.tar.gz", json!({ "x": "tar", "y": "gz" }));
    check("s://a{/seg,seg2}", "s://a/b/c", json!({ "seg": "b", "seg2": "c" }));
    check("s://a{;p,q}", "s://a;p=1;q=2", json!({ "p": "1", "q": "2" }));
    check("s://a{;p}/b", "s://a;p/b", json!({ "p": "" }));
    check("s://a{?q,lang}", "s://a?q=1&lang=en", json!({ "q": "1", "lang": "en" }));
    check("s://a?fixed=1{&x}", "s://a?fixed=1&x=2", json!({ "x": "2" }));
    check("s://{a.b_c}", "s://1", json!({ "a.b_c": "1" }));
}

#[test]
fn a_plain_variable_stays_in_its_segment_and_is_not_empty() {
    check_not("users://{id}", "users://a/b");
    check_not("users://{id}", "users://a?b");
    check_not("users://{id}", "users://a#b");
    check_not("users://{id}/profile", "users:///profile");
    check_not("users://{id}", "users://");
    check_not("file:///{+path}", "file:///");
    check_not("s://a{.ext}", "s://a.b.c");
    check_not("s://a{/seg}", "s://a");
    check_not("s://{x,y}", "s://1,2,3");
}

#[test]
fn query_variables_come_in_any_order_and_can_be_left_out() {
    let template = "search://find{?q,lang}";
    check(template, "search://find", json!({}));
    check(template, "search://find?", json!({}));
    check(template, "search://find?lang=en", json!({ "lang": "en" }));
    check(template, "search://find?lang=en&q=a", json!({ "lang": "en", "q": "a" }));
    check(template, "search://find?q", json!({ "q": "" }));
    check(template, "search://find?q=a=b?c/d", json!({ "q": "a=b?c/d" }));
    check(template, "search://find?q=a+b%26c", json!({ "q": "a+b&c" }));
    check_not(template, "search://find?q=1&q=2");
    check_not(template, "search://find?other=1");
    check_not(template, "search://find?q=1&");
    check_not(template, "search://find?q=1#part");
    check("s://{id}{?q}", "s://7?q=1", json!({ "id": "7", "q": "1" }));
    check("s://{+path}{?q}", "s://a/b?q=1", json!({ "path": "a/b", "q": "1" }));
    check("s://{+path}{?q}", "s://a/b", json!({ "path": "a/b" }));
    check("s://a?x=1{&q}", "s://a?x=1", json!({}));
}

#[test]
fn values_are_decoded_once_and_separators_in_them_are_text() {
    check("s://{v}", "s://%2525", json!({ "v": "%25" }));
    check("s://{v}", "s://a%2Fb", json!({ "v": "a/b" }));
    check("s://{v}", "s://%2e%2E", json!({ "v": ".." }));
    check("s://{v}", "s://%C3%A9", json!({ "v": "é" }));
    check("s://{v}", "s://é", json!({ "v": "é" }));
    check("s://{v}", "s://a%00b", json!({ "v": "a\0b" }));
    check("s://{x,y}", "s://1%2C2,3", json!({ "x": "1,2", "y": "3" }));
    check("s://{a}2{b}", "s://x%2Fy2z", json!({ "a": "x/y", "b": "z" }));
    check("s://a{?q}", "s://a?%71=1", json!({ "q": "1" }));
}

#[test]
fn what_is_no_uri_matches_nothing() {
    for uri in
        ["s://%", "s://%2", "s://%zz", "s://%C3", "s://%FF", "s://a b", "s://a\nb", "s://{v}"]
    {
        check_not("s://{v}", uri);
    }
    check_not("s://{+v}", &format!("s://{}", "a".repeat(64 * 1024)));
}

#[test]
fn escapes_in_literals_compare_without_case() {
    check("s://a%2fb/{v}", "s://a%2Fb/c", json!({ "v": "c" }));
    check("s://é/{v}", "s://%c3%A9/c", json!({ "v": "c" }));
    check_not("s://a%2Fb/{v}", "s://a/b/c");
}

#[test]
fn a_variable_is_as_short_as_a_match_of_the_whole_allows() {
    check("s://{a}-{b}", "s://1-2-3", json!({ "a": "1", "b": "2-3" }));
    check("s://{a}.json", "s://x.json.json", json!({ "a": "x.json" }));
    check("s://{+a}/{b}", "s://1/2/3", json!({ "a": "1/2", "b": "3" }));
    check("s://{+a}/x/{b}", "s://p/x/q/x/r", json!({ "a": "p/x/q", "b": "r" }));
    check("s://{+a}/{+b}", "s://1/2/3", json!({ "a": "1", "b": "2/3" }));
    check_not("s://{a}-{b}", "s://1-");
}

#[test]
fn what_cannot_be_matched_is_refused_with_a_reason() {
    for (template, reason) in [
        ("s://{a", "is not closed"),
        ("s://a}", "no URI has"),
        ("s://{}", "no name of a variable"),
        ("s://{a b}", "no name of a variable"),
        ("s://{a..b}", "no name of a variable"),
        ("s://{=a}", "no name of a variable"),
        ("s://{|a}", "no name of a variable"),
        ("s://{a%20}", "no name of a variable"),
        ("s://{é}", "no name of a variable"),
        ("s://{a*}", "level 4"),
        ("s://{a:3}", "level 4"),
        ("s://{a}/{a}", "occurs twice"),
        ("s://{a}{b}", "nothing separates `b`"),
        ("s://x{?a}/b", "only stand at the end"),
        ("s://x{?a}{&b}", "only stand at the end"),
        ("s://%zz/{a}", "broken escape"),
        ("s://a b", "no URI has"),
        ("notes", "starts with a scheme"),
        ("/notes/{a}", "starts with a scheme"),
        ("1s://a", "starts with a scheme"),
        ("", "starts with a scheme"),
    ] {
        let error = UriTemplate::parse(template).expect_err(template);
        assert!(error.contains(reason), "{template}: {error}");
    }
    let many = (0..33).fold("s://".to_owned(), |mut template, index| {
        let _ = write!(template, "{{v{index}}}/");
        template
    });
    assert!(UriTemplate::parse(&many).is_err());
    assert!(UriTemplate::parse(&format!("s://{}", "a".repeat(2048))).is_err());
    assert!(UriTemplate::parse("{scheme}://a").is_ok());
    assert!(UriTemplate::parse("x-{scheme}://a").is_ok());
}

#[test]
fn the_longest_uri_against_the_most_variables_ends() {
    let template = (0..32).fold("s:".to_owned(), |mut template, index| {
        let _ = write!(template, "{{+v{index}}}aaaaaaaaaaaaaaaaaaaa");
        template
    });
    let template = UriTemplate::parse(&format!("{template}b")).expect("a template");
    let uri = format!("s:{}", "a".repeat(64 * 1024 - 2));
    assert_eq!(template.match_uri(&uri), None);
    let values = template.match_uri(&format!("{}b", &uri[..uri.len() - 1])).expect("a match");
    assert_eq!(values["v0"], "a");
    assert_eq!(values["v30"], "a");
}

#[test]
fn what_a_template_expands_to_matches_with_the_same_values() {
    let alphabet = ['a', '/', '%', '.', ',', '?', '#', ';', '=', '&', '-', ' ', 'é', '\u{1F600}'];
    let templates = [
        "s://{x}/{y}",
        "s://{x}.{y}",
        "s://{x,y}",
        "s://a{/x,y}",
        "s://a{.x,y}",
        "s://a{;x,y}",
        "s://{x}{?y}",
        "s://a?b=c{&x,y}",
        "s://a{#x,y}",
    ];
    let value = |mut number: usize| {
        let mut value = String::new();
        for _ in 0..3 {
            value.push(alphabet[number % alphabet.len()]);
            number /= alphabet.len();
        }
        value
    };
    let escape = |value: &str| {
        value.bytes().fold(String::new(), |mut escaped, byte| {
            let _ = write!(escaped, "%{byte:02x}");
            escaped
        })
    };
    for number in (0..alphabet.len().pow(3)).step_by(11) {
        let (x, y) = (value(number), value(number * 7919 + 13));
        for template in templates {
            let uri = template
                .replace("{x,y}", "{x},{y}")
                .replace("{/x,y}", "/{x}/{y}")
                .replace("{.x,y}", ".{x}.{y}")
                .replace("{;x,y}", ";x={x};y={y}")
                .replace("{?y}", "?y={y}")
                .replace("{&x,y}", "&x={x}&y={y}")
                .replace("{#x,y}", "#{x},{y}")
                .replace("{x}", &escape(&x))
                .replace("{y}", &escape(&y));
            check(template, &uri, json!({ "x": x, "y": y }));
        }
    }
}
