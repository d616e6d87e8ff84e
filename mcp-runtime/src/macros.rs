//! The macros, with examples: here they compile.

/// Makes a tool of a function. [`tools!`](crate::tools) lists it for `Server::tools`.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Look up the weather.
/// ///
/// /// Give the city in English.
/// #[mcp_tool(read_only, title = "Weather")]
/// async fn get_weather(
///     /// For which city.
///     #[arg(length = 1..=80)]
///     city: String,
///     /// For how many days.
///     #[arg(default = 3, range = 1..=14)]
///     days: u8,
///     ctx: Context,
/// ) -> Result<String> {
///     ctx.log(LogLevel::Debug, "looking it up");
///     Ok(format!("{city}: sunny for {days} days"))
/// }
///
/// assert_eq!(tools![get_weather][0].name(), "get_weather");
/// ```
///
/// It is still a function: a test calls it as any other.
#[doc(inline)]
pub use mcp_runtime_macros::mcp_tool;

/// Makes a resource of a function. [`resources!`](crate::resources) lists it for
/// `Server::resources`.
///
/// ```
/// use mcp_runtime::{ListedResource, Page, RequestContext, prelude::*};
///
/// /// The settings of the application.
/// #[mcp_resource("config://app", mime_type = "application/toml")]
/// async fn config() -> &'static str {
///     "color = true"
/// }
///
/// /// A note.
/// #[mcp_resource("notes://{id}", list = notes)]
/// async fn note(id: u32) -> Option<String> {
///     (id == 7).then(|| "Buy milk.".to_owned())
/// }
///
/// async fn notes(_ctx: RequestContext, _page: Page) -> Result<Vec<ListedResource>> {
///     Ok(vec![ListedResource::new("notes://7", "Shopping")])
/// }
///
/// assert_eq!(resources![config, note][1].uri(), "notes://{id}");
/// ```
#[doc(inline)]
pub use mcp_runtime_macros::mcp_resource;

/// Makes a prompt of a function. [`prompts!`](crate::prompts) lists it for `Server::prompts`.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Review code.
/// #[mcp_prompt]
/// async fn review(
///     /// The code to review.
///     code: String,
///     /// The language it is written in.
///     #[arg(complete = ["rust", "python", "c"])]
///     language: Option<String>,
/// ) -> String {
///     format!("Review this {} code:\n{code}", language.unwrap_or_default())
/// }
///
/// assert_eq!(prompts![review][0].name(), "review");
/// ```
#[doc(inline)]
pub use mcp_runtime_macros::mcp_prompt;

/// Makes a server of a type whose methods are tools, resources and prompts.
///
/// ```
/// use mcp_runtime::{McpServer, prelude::*};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// struct Counter {
///     value: AtomicU64,
/// }
///
/// /// Counts for everyone who is connected.
/// #[mcp_server(name = "counter")]
/// impl Counter {
///     fn new() -> Self {
///         Self { value: AtomicU64::new(0) }
///     }
///
///     /// Count one more.
///     #[mcp_tool]
///     async fn increment(&self) -> u64 {
///         self.value.fetch_add(1, Ordering::Relaxed) + 1
///     }
///
///     /// How far it has counted.
///     #[mcp_resource("counter://value")]
///     async fn value(&self) -> String {
///         self.value.load(Ordering::Relaxed).to_string()
///     }
/// }
///
/// let server = Server::from(Counter::new());
/// assert_eq!(Counter::INSTRUCTIONS, Some("Counts for everyone who is connected."));
/// ```
#[doc(inline)]
pub use mcp_runtime_macros::mcp_server;

/// Makes a form of a struct, or options to choose from of an enum.
///
/// ```
/// use mcp_runtime::{FieldType, prelude::*};
///
/// #[derive(Elicit)]
/// struct BookingPreferences {
///     /// Try another date?
///     check_alternative: bool,
///     /// The date to try instead.
///     #[elicit(default = "2026-12-26", format = "date")]
///     alternative_date: String,
///     #[elicit(range = 1..=12)]
///     guests: Option<u8>,
///     #[elicit(title = "Where to sit", default = Seating::Inside)]
///     seating: Seating,
///     #[elicit(items = ..=2)]
///     extras: Vec<Extra>,
/// }
///
/// #[derive(Elicit)]
/// #[elicit(rename_all = "snake_case")]
/// enum Seating {
///     /// Inside, by the window
///     Inside,
///     /// On the terrace
///     Outside,
/// }
///
/// #[derive(Elicit)]
/// enum Extra {
///     Flowers,
///     Cake,
/// }
///
/// assert_eq!(Seating::Outside.to_value(), "outside");
/// ```
#[doc(inline)]
pub use mcp_runtime_macros::Elicit;

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
/// let server = Server::new("example", "1.0.0").tools(tools![add, text::shout]);
/// ```
#[macro_export]
macro_rules! tools {
    ($($entry:tt)*) => {
        $crate::__private::tools!($crate $($entry)*)
    };
}

/// Lists resources: functions with [`#[mcp_resource]`](crate::mcp_resource), by their paths.
///
/// Two resources of one URI are an error at the second.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// The terms of use.
/// #[mcp_resource("docs://terms")]
/// async fn terms() -> &'static str {
///     "Be kind."
/// }
///
/// let server = Server::new("example", "1.0.0").resources(resources![terms]);
/// ```
#[macro_export]
macro_rules! resources {
    ($($entry:tt)*) => {
        $crate::__private::resources!($crate $($entry)*)
    };
}

/// Lists prompts: functions with [`#[mcp_prompt]`](crate::mcp_prompt), by their paths.
///
/// Two prompts of one name are an error at the second.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Explain a word.
/// #[mcp_prompt]
/// async fn explain(word: String) -> String {
///     format!("Explain the word {word} to a child.")
/// }
///
/// let server = Server::new("example", "1.0.0").prompts(prompts![explain]);
/// ```
#[macro_export]
macro_rules! prompts {
    ($($entry:tt)*) => {
        $crate::__private::prompts!($crate $($entry)*)
    };
}
