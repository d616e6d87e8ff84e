use schemars::JsonSchema;
use serde::Serialize;

use crate::__private as mcp;
#[allow(unused_imports)]
use crate::__private::{
    ViaConvert as _, ViaConvertResult as _, ViaStructured as _, ViaStructuredResult as _,
};

#[derive(Serialize, JsonSchema)]
struct Weather {
    celsius: f64,
}

type Aliased = Result<Weather, std::io::Error>;

macro_rules! kind {
    ($ty:ty) => {{
        let via = (&&&&&&mcp::Probe::<$ty, mcp::ForTool>::NEW).via();
        let schema = via.output_schema(mcp::Probe::<$ty, mcp::ForTool>::NEW);
        let _convert = |value: $ty| via.tool(value);
        (format!("{via:?}"), schema.is_some())
    }};
}

#[test]
fn the_traits_of_the_return_type_decide_and_not_its_tokens() {
    assert_eq!(kind!(String), ("Converts".to_owned(), false));
    assert_eq!(kind!(()), ("Converts".to_owned(), false));
    assert_eq!(kind!(Option<String>), ("Converts".to_owned(), false));
    assert_eq!(kind!(Weather), ("Structured".to_owned(), true));
    assert_eq!(kind!(f64), ("Structured".to_owned(), true));
    assert_eq!(kind!(Aliased), ("StructuredResult".to_owned(), true));
    assert_eq!(kind!(Result<String, String>), ("ConvertsResult".to_owned(), false));
    assert_eq!(kind!(crate::Result<Vec<Weather>>), ("StructuredResult".to_owned(), true));
}
