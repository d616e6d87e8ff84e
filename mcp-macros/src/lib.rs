//! The macros of `mcp-runtime`.
//!
//! Depend on `mcp-runtime`, which re-exports them: they expand to its private paths.

mod case;
mod check;
mod ctxt;
mod docs;
mod expand;
mod keys;
mod model;
mod suggest;

use proc_macro::TokenStream;
use syn::parse::Parse;

use model::Kind;

/// Makes a tool of a function.
///
/// The function stays as it is: it can be called and tested as any other. Beside it comes a type of
/// the same name, by which `tools![..]` finds the definition.
///
/// A function can be anywhere and of any visibility. An `async fn` runs where the call arrives; a
/// `fn` that does not await runs on a thread on which it can block.
///
/// # Keys
///
/// | key | what the client is told |
/// | --- | --- |
/// | `name = "get_weather"` | the name, when it is not that of the function: 1 to 128 of `A-Z a-z 0-9 _ - .` |
/// | `title = "Weather"` | the name for people |
/// | `description = ".."` | the description, in place of the doc comment; any expression of type `&'static str`, such as `include_str!(..)` |
/// | `read_only` | it changes nothing |
/// | `destructive = false` | it destroys nothing |
/// | `idempotent` | the same call twice does no more than once |
/// | `open_world = false` | it deals with nothing outside |
/// | `icon = "https://.."` | an icon, once for each; a string is the source, any other expression an `Icon` |
/// | `meta("key" = value, ..)` | metadata for the client's program; values are what `serde_json::Value` is made from |
///
/// A flag is `key`, or `key = true`, or `key = false`.
///
/// | key | what it does |
/// | --- | --- |
/// | `scopes("files:write", ..)` | what a caller over HTTP must hold, all of it; others get 403, and do not find the tool in lists |
/// | `allow_unknown` | takes arguments that no parameter names, in place of refusing the call |
/// | `task = true` | runs as a task for clients that know tasks; with `task = "required"` only for these, with `task = "handle"` for all: others get a handle, and the tool `{name}_result` |
/// | `ttl = "10m"` | how long such a task is kept: also `ms`, `s`, `h`, or an expression of type `Duration` |
/// | `poll_interval = "2s"` | how long a client waits between two looks at it |
/// | `time_limit = "5m"` | how long it can run |
/// | `retries = 2` | how often it is begun again when its worker is lost; an `idempotent` tool is without being told |
/// | `concurrency = 4` | how many of them one process runs at once |
/// | `immediate_response = ".."` | what the client's model is told of such a task until there is a result (2025-11-25) |
/// | `ask_first` | it becomes a task at `ctx.start_task()`, when its first questions are answered |
/// | `requires(elicitation)` | refuses clients that cannot be asked, before the function runs: `elicitation`, `elicitation_url`, `sampling`, `sampling_tools`, `roots` |
/// | `crate = path` | where the runtime is, when that is not `::mcp_runtime` |
///
/// # Doc comments
///
/// The doc comment of the function is the description of the tool, that of a parameter the
/// description of the argument. The text is kept as it is written, with its paragraphs and lists. Of
/// each line the space after `///` and white space at the end go, and so do empty lines before and
/// after the text. A `#[doc]` that is no literal is left out.
///
/// # Parameters
///
/// A parameter is an argument that the client sends, or the server fills it in. In this order:
///
/// 1. With `#[inject]` the server fills it in. Its type implements `FromContext`.
/// 2. With `#[arg]` the client sends it.
/// 3. When the last word of its type's path is `Context`, `Progress`, `State`, `Principal` or
///    `ServerHandle`, or when it is an `Option<Principal>`, the server fills it in.
/// 4. Otherwise the client sends it.
///
/// An argument is named as the parameter (`r#type` is `type`), and its type is owned and implements
/// `Deserialize` and `JsonSchema`. It can be left out if it is an `Option` or has a default. What the
/// server fills in can be taken apart: `State(db): State<Db>`.
///
/// # Keys of arguments
///
/// | `#[arg(..)]` | |
/// | --- | --- |
/// | `default = 10` | what counts when it is left out: an expression of the parameter's type. A string is converted to it, and a literal for an `Option<T>` is a `T`. |
/// | `range = 1..=1000` | what a number can be; also `1..`, `..10`, `-0.5..=0.5`, and constants |
/// | `length = 1..=20` | how many characters a string or how many items a list has; `length = 5` is exactly five |
/// | `pattern = "^[a-z]+$"` | a regular expression that occurs in a string |
/// | `rename = "type"` | its name for the client |
/// | `header = "Region"` | the client repeats it in the HTTP header `Mcp-Param-Region`, for proxies |
/// | `flatten` | the members of this struct are the arguments |
/// | `schema = json!(..)` | the schema that the client is told, word for word |
/// | `description = ".."` | the description, in place of the doc comment |
///
/// # Return type
///
/// Text, `Content`, `ToolResult` or `()`, an `Option` of those; or a type that derives `Serialize` and
/// `JsonSchema`, which is structured output with an output schema. Each of them can be in a `Result`
/// with any error. The traits of the type decide, not its name: aliases work.
#[proc_macro_attribute]
pub fn mcp_tool(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute(keys, item, |keys, function| expand::free(Kind::Tool, keys, function))
}

/// Makes a resource of a function, or, with a URI template, a family of resources.
///
/// The URI comes first: `#[mcp_resource("notes://{id}", mime_type = "text/markdown")]`. A template is
/// one of RFC 6570, with the expressions `{var}`, `{+path}`, `{#frag}`, `{.ext}`, `{/seg}`, `{;p}`,
/// `{?q,lang}` and `{&x}`. Each variable is an argument of the function and each argument is a
/// variable.
///
/// # Keys
///
/// | key | what the client is told |
/// | --- | --- |
/// | `name = "note"` | the name, when it is not that of the function |
/// | `title`, `description`, `icon`, `meta`, `scopes` | as for [`macro@mcp_tool`] |
/// | `mime_type = "text/plain"` | the media type |
/// | `size = 1024` | how many bytes it has |
/// | `audience = "user"` | for whom it is: `"user"` or `"assistant"`, once for each |
/// | `priority = 0.5` | how important it is, from 0 to 1 |
///
/// | key | what it does |
/// | --- | --- |
/// | `list = notes` | an `async fn(RequestContext, Page) -> Result<Vec<ListedResource>>` that lists the resources of a template |
/// | `requires(elicitation)` | refuses clients that cannot be asked, before the function runs: `elicitation`, `elicitation_url`, `sampling`, `sampling_tools`, `roots` |
/// | `crate = path` | where the runtime is, when that is not `::mcp_runtime` |
///
/// Parameters are as for [`macro@mcp_tool`], but `flatten` and `header` are for tools. An argument of
/// a template can have `#[arg(complete = ..)]` as for [`macro@mcp_prompt`].
///
/// # Return type
///
/// Text, `Vec<u8>`, `ResourceContents` or a `Vec` of them, an `Option` of those, where `None` is a
/// resource that does not exist; or a type that derives `Serialize` and `JsonSchema`, which is JSON.
/// Each of them can be in a `Result` with any error.
#[proc_macro_attribute]
pub fn mcp_resource(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute(keys, item, |keys, function| expand::free(Kind::Resource, keys, function))
}

/// Makes a prompt of a function.
///
/// # Keys
///
/// `name`, `title`, `description`, `icon`, `meta`, `scopes` and `crate`, as for [`macro@mcp_tool`].
///
/// Parameters are as for [`macro@mcp_tool`], except for `header`, and with one key more:
///
/// | `#[arg(..)]` | |
/// | --- | --- |
/// | `complete = ["a", "b"]` | values to offer while the user types; or an `async fn(CompletionRequest) -> Vec<String>` |
///
/// # Return type
///
/// Text, which is one message of the user, `PromptMessage`, a `Vec` of them, or `PromptResult`. Each
/// of them can be in a `Result` with any error.
#[proc_macro_attribute]
pub fn mcp_prompt(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute(keys, item, |keys, function| expand::free(Kind::Prompt, keys, function))
}

/// Makes a server of an `impl` block: its methods with `#[mcp_tool]`, `#[mcp_resource]` and
/// `#[mcp_prompt]` are what the server offers.
///
/// The methods take `&self` and stay as they are; other functions of the block are left alone. The
/// attributes of the methods are as those of functions, without `crate`. The type implements
/// `McpServer`, and `Server::from` serves a value of it.
///
/// # Keys
///
/// | key | what the client is told |
/// | --- | --- |
/// | `name = ".."` | the name, when it is not that of the package |
/// | `version = ".."` | the version, when it is not that of the package |
/// | `instructions = ".."` | how to use the server, in place of the block's doc comment |
///
/// Each is a constant expression of type `&'static str`.
///
/// | key | what it does |
/// | --- | --- |
/// | `requires(elicitation)` | refuses clients that cannot be asked, before the function runs: `elicitation`, `elicitation_url`, `sampling`, `sampling_tools`, `roots` |
/// | `crate = path` | where the runtime is, when that is not `::mcp_runtime` |
#[proc_macro_attribute]
pub fn mcp_server(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute(keys, item, expand::server)
}

/// Makes a form of a struct, or options to choose from of an enum.
///
/// A struct with named fields implements `Elicit`: each field is one that the user fills in. An enum
/// of unit variants implements `Choice`, and `Elicit` by that: it can be the type of a field, the
/// item of a list, or a form with nothing but that choice.
///
/// # Fields
///
/// Forms are flat. The type of a field is one of these, or an `Option` of one:
///
/// * `String`
/// * an integer or a float
/// * `bool`
/// * an enum of unit variants that derives `Elicit`: one of its variants
/// * `Vec`, `BTreeSet` or `HashSet` of such an enum: some of its variants, none twice; not for
///   clients of 2025-06-18
/// * types of `chrono`, `time`, `url` and `uuid`, with the feature of that name of `mcp-runtime`
/// * any other that implements `FieldType`
///
/// A field can be left out if it is an `Option`, has a default, or is a list without a least number
/// of items. A text that is filled in can still be empty: `length = 1..` forbids that.
///
/// # Keys
///
/// | `#[elicit(..)]` on a field | |
/// | --- | --- |
/// | `title = "Date"` | its name for people |
/// | `description = ".."` | what to fill in, in place of the doc comment; any expression of type `&'static str` |
/// | `rename = "type"` | its name for the client's program |
/// | `default = 10` | what counts when it is left out, and what the client shows at first: an expression of the field's type. A string is the text of a field that is text; a literal for an `Option<T>` is a `T`; `[..]` is a list |
/// | `range = 1..=12` | what a number can be; the ends have the type of the field |
/// | `length = 1..=80` | how many characters a `String` has |
/// | `format = "date"` | what a `String` is: `email`, `uri`, `date` or `date-time` |
/// | `pattern = "^[A-Z]+$"` | a regular expression that occurs in a `String`. Clients know none: the answer is checked, so say in the description what is wanted |
/// | `items = 1..=3` | how many options a list has |
/// | `not_secret` | it asks for no secret, although its name reads like one |
///
/// | `#[elicit(..)]` on a variant | |
/// | --- | --- |
/// | `title = "On the terrace"` | what people read, in place of the doc comment |
/// | `rename = "outside"` | its name for the client's program |
///
/// | `#[elicit(..)]` on the type | |
/// | --- | --- |
/// | `rename_all = "snake_case"` | the case of the names: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` or `SCREAMING-KEBAB-CASE` |
/// | `crate = path` | where the runtime is, when that is not `::mcp_runtime` |
///
/// # Doc comments
///
/// The doc comment of a field is its description, whole. The first line of that of a variant is its
/// title; where no variant has one, people read the names. That of the type is for readers of the
/// code.
///
/// # Secrets
///
/// The specification forbids asking for secrets in a form, because the client's program sees the
/// answer. A field that is named like one (`password`, `api_key`, `card_number`, ..) is an error:
/// ask in the browser with `ctx.elicit_url`, or mark it `not_secret`.
#[proc_macro_derive(Elicit, attributes(elicit))]
pub fn elicit(item: TokenStream) -> TokenStream {
    match syn::parse(item) {
        Ok(input) => expand::elicit(input).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

#[doc(hidden)]
#[proc_macro]
pub fn tools(input: TokenStream) -> TokenStream {
    list(input, Kind::Tool)
}

#[doc(hidden)]
#[proc_macro]
pub fn resources(input: TokenStream) -> TokenStream {
    list(input, Kind::Resource)
}

#[doc(hidden)]
#[proc_macro]
pub fn prompts(input: TokenStream) -> TokenStream {
    list(input, Kind::Prompt)
}

type Tokens = proc_macro2::TokenStream;

/// Expands an item. One that does not parse stays as it is: the compiler has more to say of it.
fn attribute<I: Parse>(
    keys: TokenStream,
    item: TokenStream,
    expand: impl FnOnce(Tokens, I) -> Tokens,
) -> TokenStream {
    match syn::parse(item.clone()) {
        Ok(parsed) => expand(keys.into(), parsed).into(),
        Err(error) => {
            let mut tokens = TokenStream::from(error.to_compile_error());
            tokens.extend(item);
            tokens
        }
    }
}

fn list(input: TokenStream, kind: Kind) -> TokenStream {
    match syn::parse(input) {
        Ok(list) => expand::list(kind, list).into(),
        Err(error) => error.to_compile_error().into(),
    }
}
