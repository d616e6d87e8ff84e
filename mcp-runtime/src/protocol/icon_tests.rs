use serde_json::{Value, json};

use super::*;

fn written(implementation: &Implementation, revision: Revision) -> Value {
    let mut out = Vec::new();
    implementation.write(&mut out, revision);
    serde_json::from_slice(&out).unwrap_or_default()
}

#[test]
fn an_implementation_tells_each_revision_what_it_knows() {
    let mut implementation = Implementation::new("name".to_owned(), "1.0.0".to_owned());
    implementation.title = Some("Title".to_owned());
    implementation.description = Some("Description".to_owned());
    implementation.website_url = Some("https://example.com".to_owned());
    let name = json!({ "name": "name", "version": "1.0.0" });
    let title = json!({ "name": "name", "version": "1.0.0", "title": "Title" });
    let all = json!({
        "name": "name",
        "version": "1.0.0",
        "title": "Title",
        "description": "Description",
        "websiteUrl": "https://example.com",
    });
    for (revision, expected) in Revision::ALL.into_iter().zip([&name, &name, &title, &all, &all]) {
        assert_eq!(written(&implementation, revision), *expected, "{revision}");
    }
}
