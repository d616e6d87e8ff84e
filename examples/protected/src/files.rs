use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mcp_runtime::prelude::*;

/// The files of all callers, by issuer and subject: two issuers can have an `alice` each.
#[derive(Clone, Debug, Default)]
struct Files(Arc<Mutex<HashMap<Owner, BTreeMap<String, String>>>>);

type Owner = (String, String);

impl Files {
    fn lock(&self) -> MutexGuard<'_, HashMap<Owner, BTreeMap<String, String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn owner(caller: &Principal) -> Owner {
    (caller.issuer().to_owned(), caller.subject().to_owned())
}

/// Say who is calling.
#[mcp_tool(read_only)]
async fn whoami(caller: Principal) -> String {
    let client = caller.client().unwrap_or("no client");
    format!("{} of {}, through {client}", caller.subject(), caller.issuer())
}

/// Name the caller's files.
#[mcp_tool(read_only, scopes("files:read"))]
async fn list_files(caller: Principal, State(files): State<Files>) -> String {
    let files = files.lock();
    let names = files.get(&owner(&caller)).into_iter().flat_map(BTreeMap::keys);
    names.cloned().collect::<Vec<_>>().join("\n")
}

/// Write a file, in place of one that has its name.
#[mcp_tool(scopes("files:write"))]
async fn write_file(name: String, text: String, caller: Principal, State(files): State<Files>) {
    files.lock().entry(owner(&caller)).or_default().insert(name, text);
}

/// A file of the caller.
#[mcp_resource("files://{name}", scopes("files:read"))]
async fn file(name: String, caller: Principal, State(files): State<Files>) -> Option<String> {
    files.lock().get(&owner(&caller))?.get(&name).cloned()
}

pub(crate) fn server() -> Server {
    Server::new("protected", env!("CARGO_PKG_VERSION"))
        .state(Files::default())
        .tools(tools![whoami, list_files, write_file])
        .resources(resources![file])
}
