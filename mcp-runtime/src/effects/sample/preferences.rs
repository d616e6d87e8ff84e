use serde::Serialize;

/// Which model is wanted (client/sampling, "Model Preferences"). Hints, by which the client chooses.
///
/// ```
/// use mcp_runtime::sampling::ModelPreferences;
///
/// let preferences = ModelPreferences::new().hint("sonnet").hint("claude").cost(0.3).speed(0.5);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelPreferences {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<Hint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intelligence_priority: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Hint {
    name: String,
}

impl ModelPreferences {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part of a model's name, for example `sonnet`. Earlier ones come first.
    #[must_use]
    pub fn hint(mut self, name: impl Into<String>) -> Self {
        self.hints.push(Hint { name: name.into() });
        self
    }

    /// How much a low price counts, from 0 to 1; other figures are clamped.
    #[must_use]
    pub fn cost(mut self, priority: f64) -> Self {
        self.cost_priority = share(priority);
        self
    }

    /// How much speed counts, from 0 to 1; other figures are clamped.
    #[must_use]
    pub fn speed(mut self, priority: f64) -> Self {
        self.speed_priority = share(priority);
        self
    }

    /// How much intelligence counts, from 0 to 1; other figures are clamped.
    #[must_use]
    pub fn intelligence(mut self, priority: f64) -> Self {
        self.intelligence_priority = share(priority);
        self
    }

    /// The parts of names, first the one that is wanted most.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.hints.iter().map(|hint| hint.name.as_str())
    }
}

/// `NaN` has no JSON.
fn share(priority: f64) -> Option<f64> {
    (!priority.is_nan()).then(|| priority.clamp(0.0, 1.0))
}

/// What the client is to show the model besides the conversation. Deprecated by the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum IncludeContext {
    /// What it has of this server.
    ThisServer,
    /// What it has of all its servers.
    AllServers,
}
