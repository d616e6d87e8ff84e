/// Makes a tool of a function: what `Server::tools` takes, by way of [`tools!`](crate::tools).
#[doc(inline)]
pub use mcp_runtime_macros::mcp_tool;

/// Lists tools: functions with [`#[mcp_tool]`](crate::mcp_tool), by their paths.
///
/// Two tools of one name are an error at the second.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Add two numbers.
/// #[mcp_tool]
/// async fn add(a: f64, b: f64) -> f64 {
///     a + b
/// }
///
/// mod text {
///     use mcp_runtime::prelude::*;
///
///     /// Write in capitals.
///     #[mcp_tool]
///     pub async fn shout(text: String) -> String {
///         text.to_uppercase()
///     }
/// }
///
/// let tools = tools![add, text::shout];
/// assert_eq!(tools[1].name(), "shout");
/// ```
#[macro_export]
macro_rules! tools {
    ($($entry:tt)*) => {
        $crate::__private::tools!($crate $($entry)*)
    };
}
