//! Tools, resources, prompts and completions: what a server offers, and the traits by which the
//! macros turn functions into them.

mod call;
mod completion;
mod definition;
mod error;
mod input;
mod list;
mod output;
mod probe;
mod prompt;
mod resource;
mod service;
mod tool;
mod uri_template;

pub use call::{Arguments, BoxFuture, Call};
pub use completion::{Complete, Completer, CompletionRequest, Completions};
pub(crate) use definition::Definition;
pub use error::{Error, Result};
pub(crate) use error::{ErrorKind, internal_error};
pub use input::{Argument, Param, Rule};
pub use list::{collect, occurs_before};
pub use output::{IntoPrompt, IntoResource, IntoToolResult, ToolResult};
pub use probe::{
    ForPrompt, ForResource, ForTool, Probe, ViaConvert, ViaConvertResult, ViaNoPrompt,
    ViaNoResource, ViaNoToolResult, ViaStructured, ViaStructuredResult,
};
pub use prompt::{Prompt, PromptFn, PromptMessage, PromptResult};
pub use resource::{ListedResource, Page, Resource, ResourceFn, ResourceResult};
pub use service::McpServer;
pub use tool::{Tool, ToolFn, ToolOutput};

pub(crate) use input::{HeaderParam, Input};
pub(crate) use prompt::CompiledPrompt;
pub(crate) use resource::CompiledResource;
pub(crate) use tool::CompiledTool;
pub(crate) use uri_template::UriTemplate;
