//! One Markdown table: absolute figures, and how many times the floor each is.

use std::fmt::{self, Display};

pub(crate) struct Table {
    targets: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    what: String,
    unit: &'static str,
    /// One for each target, `None` where there is no such figure.
    figures: Vec<Option<f64>>,
}

impl Table {
    /// The first of the targets is the floor.
    pub(crate) fn new(targets: Vec<&'static str>) -> Self {
        Self { targets, rows: Vec::new() }
    }

    pub(crate) fn row(
        &mut self,
        what: impl Into<String>,
        unit: &'static str,
        figures: Vec<Option<f64>>,
    ) {
        self.rows.push(Row { what: what.into(), unit, figures });
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| what | unit |")?;
        for (index, target) in self.targets.iter().enumerate() {
            write!(f, " {target} |")?;
            if index > 0 {
                write!(f, " / {} |", self.targets[0])?;
            }
        }
        let columns = 2 * self.targets.len() - 1;
        writeln!(f, "\n| --- | --- |{}", " ---: |".repeat(columns))?;
        for row in &self.rows {
            write!(f, "| {} | {} |", row.what, row.unit)?;
            let floor = row.figures.first().copied().flatten();
            for (index, figure) in row.figures.iter().enumerate() {
                match figure {
                    Some(figure) => write!(f, " {} |", significant(*figure))?,
                    None => write!(f, " - |")?,
                }
                if index > 0 {
                    match (figure, floor) {
                        (Some(figure), Some(floor)) if floor > 0.0 => {
                            write!(f, " {:.2}x |", figure / floor)?;
                        }
                        _ => write!(f, " - |")?,
                    }
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Three figures that mean something.
fn significant(figure: f64) -> String {
    match figure.abs() {
        size if size < 10.0 => format!("{figure:.2}"),
        size if size < 100.0 => format!("{figure:.1}"),
        _ => format!("{figure:.0}"),
    }
}

/// The least: what else runs on the machine can only add to a figure.
pub(crate) fn least(figures: impl IntoIterator<Item = f64>) -> Option<f64> {
    figures.into_iter().min_by(f64::total_cmp)
}
