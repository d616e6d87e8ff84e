//! What a new package is made of.

use clap::ValueEnum;

/// The kinds of servers that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// A tool and a prompt, for a client that starts the server.
    Stdio,
    /// A tool with state and a health check, over Streamable HTTP.
    Http,
    /// A tool that takes its time, with progress, as a task where the client knows them.
    Task,
    /// Tools for callers who have signed in, at an authorization server.
    Protected,
}

/// The files and the manifest of a template.
pub(crate) struct Content {
    pub(crate) files: &'static [(&'static str, &'static str)],
    pub(crate) description: &'static str,
    /// Dependencies besides `mcp-runtime`.
    pub(crate) dependencies: &'static str,
    /// The features of `mcp-runtime`.
    pub(crate) features: &'static str,
}

macro_rules! files {
    ($folder:literal) => {
        &[
            ("src/main.rs", include_str!(concat!("../templates/", $folder, "/main.rs"))),
            ("src/tests.rs", include_str!(concat!("../templates/", $folder, "/tests.rs"))),
        ]
    };
}

impl Template {
    pub(crate) fn content(self) -> Content {
        match self {
            Self::Stdio => Content {
                files: files!("stdio"),
                description: "Counts the words of texts.",
                dependencies: r#"tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#,
                features: r#"["http", "log", "stdio"]"#,
            },
            Self::Http => Content {
                files: files!("http"),
                description: "Counts visits.",
                dependencies: "\
axum = { version = \"0.8\", default-features = false, features = [\"http1\", \"tokio\"] }
tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }",
                features: r#"["http"]"#,
            },
            Self::Task => Content {
                files: files!("task"),
                description: "Trains models.",
                dependencies: r#"tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }"#,
                features: r#"["http", "log", "stdio"]"#,
            },
            Self::Protected => Content {
                files: files!("protected"),
                description: "Publishes texts of known callers.",
                dependencies: "\
tokio = { version = \"1\", features = [\"io-util\", \"macros\", \"net\", \"rt-multi-thread\"] }",
                features: r#"["auth", "log", "stdio"]"#,
            },
        }
    }
}
