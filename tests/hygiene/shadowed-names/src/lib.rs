//! The author's own types and modules have the names that generated code would use.
#![allow(non_camel_case_types, missing_docs, missing_debug_implementations, dead_code)]

use mcp_runtime::{mcp_prompt, mcp_resource, mcp_server, mcp_tool};

pub struct Result;
pub struct Option;
pub struct String;
pub struct Vec;
pub struct Box;
pub struct Arc;
pub struct Call;
pub struct Tool;
pub struct Param;
pub struct PhantomData;
pub struct str;
pub struct Ok;
pub struct Err;
pub struct Some;
pub struct None;
pub trait Send {}
pub trait Sync {}
pub trait From {}
pub trait Into {}
pub trait Default {}
pub trait Clone {}
pub trait Future {}
pub trait FromContext {}
pub trait ToolFn {}
pub trait McpServer {}

pub mod std {}
pub mod core {}
pub mod mcp_runtime_macros {}
pub mod serde_json {}

pub const CALL: u8 = 0;

pub use types::Context;

mod types {
    use mcp_runtime::{JsonSchema, serde};

    #[derive(serde::Deserialize, JsonSchema)]
    #[serde(crate = "mcp_runtime::serde")]
    #[schemars(crate = "mcp_runtime::schemars")]
    pub struct Context(pub u8);
}

type Text = ::std::string::String;

/// Speak.
#[mcp_tool(title = "Speak", meta("a" = 1))]
pub async fn handler(
    #[arg] context: Context,
    #[arg(default = "x", length = 1..=5)] call: Text,
    #[arg(default = 3, range = 1..=5)] via: ::std::option::Option<u8>,
    progress: mcp_runtime::Progress,
) -> ::std::result::Result<Text, Text> {
    let _ = (context, via, progress);
    ::std::result::Result::Ok(call)
}

/// Speak loudly.
#[mcp_tool]
pub fn tool() -> Text {
    "loud".into()
}

/// A note.
#[mcp_resource("notes://{uri}", audience = "user")]
pub async fn resource(uri: Text) -> Text {
    uri
}

/// Ask.
#[mcp_prompt]
pub async fn prompt(#[arg(complete = ["a"])] name: Text) -> Text {
    name
}

pub struct Server;

/// Serves.
#[mcp_server]
impl Server {
    /// Serve.
    #[mcp_tool]
    pub async fn tools(&self, this: u8) -> u8 {
        this
    }

    /// Serve slowly.
    #[mcp_tool]
    pub fn prompts(&self) {}
}

pub struct Form;
pub struct FormAnswer;
pub struct FormFaults;
pub struct Field;
pub struct ChoiceOption;
pub trait Elicit {}
pub trait Choice {}
pub trait FieldType {}

#[derive(mcp_runtime::Elicit)]
pub struct Booking {
    #[elicit(default = "x", length = 1..=5)]
    answer: Text,
    #[elicit(default = 3, range = 1..=5)]
    form: ::std::option::Option<u8>,
    #[elicit(default = Seating::None)]
    name: Seating,
    #[elicit(items = 1..=2)]
    options: ::std::vec::Vec<Seating>,
    flag: bool,
}

#[derive(mcp_runtime::Elicit)]
pub enum Seating {
    Some,
    None,
    Ok,
    Self_,
}

pub fn servers() -> [mcp_runtime::Server; 2] {
    let server = mcp_runtime::Server::new("shadowed", "1.0.0")
        .tools(mcp_runtime::tools![handler, tool])
        .resources(mcp_runtime::resources![resource])
        .prompts(mcp_runtime::prompts![prompt]);
    [server, ::std::convert::From::from(Server)]
}

#[cfg(test)]
mod tests {
    #[test]
    fn servers_are_built() {
        for server in super::servers() {
            ::std::assert!(server.build().is_ok());
        }
    }
}
