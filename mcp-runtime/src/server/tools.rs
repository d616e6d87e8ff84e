//! `tools/list` and `tools/call`.

use std::{borrow::Cow, sync::Arc};

use mcp_auth::Principal;

#[cfg(feature = "http")]
use super::headers::check_params;
use super::{
    core::Core,
    cursor::List,
    dispatch::{Refusal, Request},
    guard::Abort,
    handle::Item,
    tasks::{Mode, handed_out},
};
use crate::{
    effects::AskError,
    primitives::{Call, CompiledTool, Error, ErrorKind, ToolResult, internal_error},
    protocol::{Revision, RpcError},
};

impl Core {
    pub(super) fn list_tools(&self, request: &Request<'_>) -> Result<Vec<u8>, RpcError> {
        self.list_static(request, List::Tools, "tools")
    }

    /// The tool of this name, if it exists for the caller.
    fn tool(&self, name: &str, principal: Option<&Principal>) -> Option<Arc<CompiledTool>> {
        let catalog = self.catalog();
        let tool = catalog.tools.get(name)?;
        self.is_visible(principal, Item::Tool(name)).then(|| Arc::clone(tool))
    }

    pub(super) async fn call_tool(
        self: &Arc<Self>,
        request: &mut Request<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let name: Cow<'_, str> = request.params.text("name")?;
        let tool =
            self.tool(&name, request.principal.as_ref()).ok_or_else(|| unknown("tool", &name))?;
        #[cfg(feature = "http")]
        if request.revision.is_stateless()
            && let Some(http) = &request.http
        {
            check_params(&http.headers, tool.input.headers(), request.params.arguments)?;
        }
        let arguments = match request.params.arguments {
            None => "",
            Some(raw) if raw.get().starts_with('{') => raw.get(),
            Some(_) => return Err(not_an_object().into()),
        };
        let mode = self.mode(request, &tool)?;
        let outcome = match request.require(&tool.tool.definition.requires) {
            Err(error) => Err(error),
            Ok(()) if matches!(mode, Mode::Task(_) | Mode::Handle) => {
                return self.answer_with_task(request, &tool, arguments, mode, Vec::new()).await;
            }
            Ok(()) => {
                let (ctx, _admitted) = self.start_asking_call(request)?;
                ctx.info().effects.set_may_start_task(mode == Mode::AskFirst);
                let call = || {
                    let arguments = Cow::Borrowed(arguments);
                    tool.call(Call::new(ctx.clone(), &tool.input, arguments, ""))
                };
                match self.run(&ctx, call).await {
                    Err(Abort::Asked) => match ctx.info().effects.take_start() {
                        Some(journal) => {
                            return self
                                .answer_with_task(request, &tool, arguments, mode, journal?)
                                .await;
                        }
                        None => return self.input_required(request, &ctx),
                    },
                    outcome => outcome?,
                }
            }
        };
        let result = self.tool_outcome(&tool, request.revision, outcome)?;
        let message = self.write_tool_result(request, &tool, &result);
        if self.check_size(&message).is_err() {
            let max = self.limits.result_bytes;
            let error = ToolResult::error(format!("the result has more than {max} bytes"));
            return Ok(self.write_tool_result(request, &tool, &error));
        }
        Ok(message)
    }

    async fn answer_with_task(
        self: &Arc<Self>,
        request: &Request<'_>,
        tool: &CompiledTool,
        arguments: &str,
        mode: Mode,
        journal: Vec<u8>,
    ) -> Result<Vec<u8>, Refusal> {
        let record = self.create_task(request, tool, arguments, mode, journal).await?;
        Ok(if mode == Mode::Handle {
            let handle = handed_out(&record).map_err(RpcError::from)?;
            self.result(request, |out| handle.write(out, request.revision, false))
        } else if request.revision.is_stateless() {
            self.write_created(request, &record)
        } else {
            self.write_created_in_session(request, tool, &record.info())
        })
    }

    /// What a function has given, as far as it is a result.
    pub(super) fn tool_outcome(
        &self,
        tool: &CompiledTool,
        revision: Revision,
        outcome: Result<ToolResult, Error>,
    ) -> Result<ToolResult, RpcError> {
        match outcome {
            Ok(result) => {
                check_output(tool, &result)?;
                Ok(result)
            }
            Err(error) => match error.into_kind() {
                ErrorKind::Rpc(error) => Err(error),
                ErrorKind::Ask(AskError::MissingCapability(error)) if revision.is_stateless() => {
                    Err(error)
                }
                ErrorKind::Internal(error) => {
                    tracing::error!(
                        error = error.to_string(),
                        tool = tool.tool.name(),
                        "a tool failed"
                    );
                    Err(internal_error())
                }
                kind => Ok(ToolResult::error(kind.to_string())),
            },
        }
    }

    fn write_tool_result(
        &self,
        request: &Request<'_>,
        tool: &CompiledTool,
        result: &ToolResult,
    ) -> Vec<u8> {
        let revision = request.revision;
        let meta = result.meta().filter(|_| revision >= Revision::V2025_06_18);
        self.result_with_meta(request, meta, |out| result.write(out, revision, tool.wrap_output))
    }
}

/// In debug builds, a result that breaks the tool's own output schema is found where it is made.
fn check_output(tool: &CompiledTool, result: &ToolResult) -> Result<(), RpcError> {
    let Some(validator) = &tool.output else { return Ok(()) };
    if !cfg!(debug_assertions) || result.is_error() {
        return Ok(());
    }
    let fault = match result.structured_json() {
        None => "it has no structured content".to_owned(),
        Some(json) => match validator.violations(json).as_slice() {
            [] => return Ok(()),
            violations => violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        },
    };
    let name = tool.tool.name();
    tracing::error!(tool = name, fault, "a result does not fit its output schema");
    Err(RpcError::internal(
        "output_schema",
        format!("the result of `{name}` does not fit its output schema: {fault}"),
    ))
}

/// -32602: the client asks for something that is not there, or not there for this caller.
pub(super) fn unknown(kind: &str, name: &str) -> RpcError {
    let shown: String = name.chars().take(128).collect();
    RpcError::invalid_params(format!("unknown {kind}: `{shown}`"))
}

pub(super) fn not_an_object() -> RpcError {
    RpcError::invalid_params("`params.arguments` is not an object")
}
