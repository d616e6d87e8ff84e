//! `tools/list` and `tools/call`.

use std::{borrow::Cow, sync::Arc};

use mcp_auth::Principal;

use super::{
    core::Core,
    cursor::List,
    dispatch::{Refusal, Request},
    guard::Abort,
    handle::Item,
};
use crate::{
    effects::AskError,
    primitives::{Call, CompiledTool, ErrorKind, ToolResult, internal_error},
    protocol::{Revision, RpcError},
};

impl Core {
    pub(super) fn list_tools(&self, request: &Request<'_>) -> Result<Vec<u8>, RpcError> {
        self.list_static(request, List::Tools, "tools")
    }

    /// The tool of this name, if it exists for the caller.
    pub(crate) fn tool(
        &self,
        name: &str,
        principal: Option<&Principal>,
    ) -> Option<Arc<CompiledTool>> {
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
        let arguments = match request.params.arguments {
            None => "",
            Some(raw) if raw.get().starts_with('{') => raw.get(),
            Some(_) => return Err(not_an_object().into()),
        };
        let outcome = match request.require(&tool.tool.definition.requires) {
            Err(error) => Err(error),
            Ok(()) => {
                let (ctx, _admitted) = self.start_asking_call(request)?;
                let call = Call::new(ctx.clone(), &tool.input, Cow::Borrowed(arguments), "");
                match self.guard(tool.call(call), &ctx).await {
                    Err(Abort::Asked) => return self.input_required(request, &ctx),
                    outcome => outcome?,
                }
            }
        };
        let result = match outcome {
            Ok(result) => {
                check_output(&tool, &result)?;
                result
            }
            Err(error) => match error.into_kind() {
                ErrorKind::Rpc(error) => return Err(error.into()),
                ErrorKind::Ask(AskError::MissingCapability(error))
                    if request.revision.is_stateless() =>
                {
                    return Err(error.into());
                }
                ErrorKind::Internal(error) => {
                    tracing::error!(%error, tool = %name, "a tool failed");
                    return Err(internal_error().into());
                }
                kind => ToolResult::error(kind.to_string()),
            },
        };
        let message = self.write_tool_result(request, &tool, &result);
        if self.check_size(&message).is_err() {
            let max = self.limits.result_bytes;
            let error = ToolResult::error(format!("the result has more than {max} bytes"));
            return Ok(self.write_tool_result(request, &tool, &error));
        }
        Ok(message)
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
    tracing::error!(tool = name, %fault, "a result does not fit its output schema");
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
