//! A calculator: the smallest server that does something.

use mcp_runtime::prelude::*;

/// Add two numbers.
#[mcp_tool]
async fn add(
    /// First addend.
    a: f64,
    /// Second addend.
    b: f64,
) -> f64 {
    a + b
}

/// Divide one number by another.
#[mcp_tool]
async fn divide(
    /// What is divided.
    dividend: f64,
    /// By what.
    divisor: f64,
) -> Result<f64> {
    if divisor == 0.0 {
        return Err(Error::new("cannot divide by zero"));
    }
    Ok(dividend / divisor)
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    Server::new("calculator", env!("CARGO_PKG_VERSION"))
        .tools(tools![add, divide])
        .run() // stdio; `--http 127.0.0.1:8000` serves Streamable HTTP
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tool_is_a_function() -> Result<()> {
        assert_eq!(add(2.0, 3.0).await, 5.0);
        assert_eq!(divide(6.0, 3.0).await?, 2.0);
        let error = divide(1.0, 0.0).await.expect_err("there is no such number");
        assert_eq!(error.to_string(), "cannot divide by zero");
        Ok(())
    }
}
