use tracing_subscriber::filter::LevelFilter;

use super::level;

fn chosen(own: Option<&str>, common: Option<&str>) -> Result<LevelFilter, String> {
    level(own.map(AsRef::as_ref), common.map(AsRef::as_ref))
}

#[test]
fn the_level_is_info_unless_something_says_otherwise() {
    assert_eq!(chosen(None, None), Ok(LevelFilter::INFO));
    assert_eq!(chosen(Some(""), None), Ok(LevelFilter::INFO));
    assert_eq!(chosen(None, Some("warn")), Ok(LevelFilter::WARN));
    assert_eq!(chosen(Some("TRACE"), Some("warn")), Ok(LevelFilter::TRACE));
    assert_eq!(chosen(Some("off"), None), Ok(LevelFilter::OFF));
}

#[test]
fn directives_for_other_filters_are_left_to_them() {
    assert_eq!(chosen(None, Some("info,hyper=warn")), Ok(LevelFilter::INFO));
}

#[test]
fn a_level_that_does_not_exist_is_named() {
    let fault = chosen(Some("loud"), None).expect_err("there is no such level");
    assert!(fault.contains("loud"), "{fault}");
}
