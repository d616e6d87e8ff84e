use mcp_runtime::prelude::*;

macro_rules! make {
    ($tool:ident, $doc:expr, $title:literal, $name:expr, $argument:ty, $range:expr, $context:ty) => {
        #[doc = $doc]
        #[mcp_tool(title = $title, name = $name)]
        async fn $tool(#[arg(range = $range)] value: $argument, ctx: $context) -> $argument {
            let _ = ctx;
            value
        }
    };
    ($resource:ident at $uri:literal of $type:literal) => {
        #[mcp_resource($uri, mime_type = $type)]
        async fn $resource(id: u32) -> String {
            id.to_string()
        }
    };
}

make!(tool, "Give it back.", "Echo", "give.back", Option<u32>, 1..=5, Context);
make!(resource at "things://{id}" of "text/plain");

macro_rules! form {
    ($form:ident, $field:ident: $type:ty, $range:expr, $default:expr, $doc:expr; $($option:ident),*) => {
        #[derive(Elicit)]
        struct $form {
            #[doc = $doc]
            #[elicit(range = $range, default = $default)]
            $field: $type,
            seating: Option<Seating>,
        }

        #[derive(Elicit)]
        enum Seating {
            $($option),*
        }
    };
}

form!(Booking, guests: Option<u8>, 1..=12, 2, "How many come."; Inside, Outside);

macro_rules! list {
    ($($path:path),*) => {
        tools![$($path),*]
    };
}

fn main() {
    assert_eq!(list![tool, self::other::tool][0].name(), "give.back");
    let _ = (Booking::form(), Seating::form());
    assert_eq!(resources![resource][0].uri(), "things://{id}");
}

mod other {
    use mcp_runtime::prelude::*;

    #[mcp_tool]
    pub async fn tool() {}
}
