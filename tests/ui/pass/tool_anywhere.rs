use mcp_runtime::prelude::*;

/// Add two numbers.
#[mcp_tool]
pub async fn add(a: f64, b: f64) -> f64 {
    a + b
}

pub mod deep {
    pub mod deeper {
        use mcp_runtime::prelude::*;

        /// Subtract.
        #[mcp_tool]
        pub(in crate::deep) async fn subtract(a: f64, b: f64) -> f64 {
            a - b
        }

        /// Multiply.
        #[mcp_tool]
        pub(crate) async fn multiply(a: f64, b: f64) -> f64 {
            a * b
        }
    }

    pub fn tools() -> Vec<mcp_runtime::Tool> {
        mcp_runtime::tools![super::add, deeper::subtract, deeper::multiply,]
    }
}

use deep::deeper::multiply;

fn main() {
    /// Do nothing.
    #[mcp_tool]
    fn inner() {}

    let names: Vec<String> =
        tools![inner, multiply, self::add].iter().map(|tool| tool.name().to_owned()).collect();
    assert_eq!(names, ["inner", "multiply", "add"]);
    assert_eq!(deep::tools().len(), 3);
    assert!(tools![].is_empty());
}
