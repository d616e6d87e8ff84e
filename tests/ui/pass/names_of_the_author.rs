use mcp_runtime::prelude::*;

struct Handler;

#[mcp_tool]
async fn handler(call: String, via: String, this: String, arguments: String) -> String {
    let _: Handler = Handler;
    call + &via + &this + &arguments
}

#[mcp_tool]
async fn r#type(r#in: String) -> String {
    r#in
}

macro_rules! adder {
    ($name:ident, $number:literal) => {
        /// Add a number.
        #[mcp_tool]
        async fn $name(#[arg(default = $number)] to: i32) -> i32 {
            to + $number
        }
    };
}

adder!(add_one, 1);
adder!(add_two, 2);

#[mcp_tool]
#[cfg(any())]
async fn never() -> Missing {
    Missing
}

#[cfg_attr(all(), mcp_tool)]
async fn always() {}

#[mcp_tool]
#[deprecated]
async fn old() {}

fn main() {
    assert_eq!(tools![handler, r#type, add_one, add_two, always][1].name(), "type");
    #[allow(deprecated)]
    let _ = tools![old];
}
