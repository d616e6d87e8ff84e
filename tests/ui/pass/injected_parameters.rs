use mcp_runtime::{FromContext, prelude::*};

struct Tenant;

impl FromContext for Tenant {
    fn from_context(_: &Context) -> Result<Self> {
        Ok(Self)
    }
}

#[mcp_tool]
async fn all(
    ctx: Context,
    progress: Progress,
    State(name): State<String>,
    who: Option<Principal>,
    #[inject] tenant: Tenant,
    argument: u8,
) {
    let _ = (ctx, progress, name, who, tenant, argument);
}

#[mcp_tool]
fn blocking(mut argument: u8, ctx: mcp_runtime::Context, State(_): State<String>) -> u8 {
    let _ = ctx;
    argument += 1;
    argument
}

fn main() {
    Server::new("test", "1.0.0").state(String::new()).tools(tools![all, blocking]).build().unwrap();
}
