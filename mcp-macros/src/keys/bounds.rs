use darling::FromMeta;
use proc_macro2::Span;
use syn::{Expr, ExprLit, ExprRange, ExprUnary, Lit, Meta, RangeLimits, UnOp, spanned::Spanned};

use super::values;

/// The ends of a range; each may be open.
pub(crate) struct Bounds {
    pub(crate) min: Option<Expr>,
    pub(crate) max: Option<Max>,
}

pub(crate) struct Max {
    pub(crate) value: Expr,
    pub(crate) inclusive: bool,
}

/// `range = 1..=10`: what a number can be.
pub(crate) struct Range(pub(crate) Bounds);

/// `length = 1..=10`, or `length = 5` for exactly five; `items` likewise.
pub(crate) struct Length(pub(crate) Bounds);

impl FromMeta for Range {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let expr = values::expr(meta, "1..=10")?;
        let Some(bounds) = bounds(&expr)? else {
            return Err(values::error(expr, "`range` takes a range, as in `range = 1..=10`"));
        };
        if let Some(end) = bounds.ends().find(|end| is_no_number(end)) {
            return Err(values::error(end, "the ends of a range are numbers"));
        }
        Ok(Self(bounds))
    }
}

impl FromMeta for Length {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let expr = values::expr(meta, "1..=20")?;
        if let Some(bounds) = bounds(&expr)? {
            if let Some(end) = bounds.ends().find(|end| is_no_length(end)) {
                return Err(values::error(end, "a length is a whole number, not negative"));
            }
            return Ok(Self(bounds));
        }
        if is_no_length(&expr) {
            let key = values::key(meta);
            let message = format!("`{key}` takes a range or a number, as in `{key} = 1..=20`");
            return Err(values::error(expr, message));
        }
        let max = Max { value: expr.clone(), inclusive: true };
        Ok(Self(Bounds { min: Some(expr), max: Some(max) }))
    }
}

impl Bounds {
    /// Where the first of the ends is.
    pub(crate) fn span(&self) -> Span {
        self.ends().next().map_or_else(Span::call_site, Spanned::span)
    }

    /// Whether a value is certainly out of these bounds.
    pub(crate) fn exclude(&self, value: &Expr) -> bool {
        literal(value).is_some_and(|value| self.exclude_number(value))
    }

    /// Whether so many characters or items are certainly too few or too many.
    pub(crate) fn exclude_count(&self, count: usize) -> bool {
        i128::try_from(count).is_ok_and(|count| self.exclude_number(Number::Int(count)))
    }

    fn exclude_number(&self, value: Number) -> bool {
        let below =
            self.min.as_ref().and_then(literal).is_some_and(|min| min.is_above(value, true));
        let above = self.max.as_ref().is_some_and(|max| {
            literal(&max.value).is_some_and(|end| value.is_above(end, max.inclusive))
        });
        below || above
    }

    fn ends(&self) -> impl Iterator<Item = &Expr> {
        self.min.iter().chain(self.max.iter().map(|max| &max.value))
    }
}

fn bounds(expr: &Expr) -> darling::Result<Option<Bounds>> {
    let Expr::Range(range) = expr else { return Ok(None) };
    let ExprRange { start, limits, end, .. } = range;
    if start.is_none() && end.is_none() {
        return Err(values::error(range, "a range without ends allows everything"));
    }
    let inclusive = matches!(limits, RangeLimits::Closed(_));
    if let (Some(start), Some(end)) = (start, end)
        && let (Some(low), Some(high)) = (literal(start), literal(end))
        && low.is_above(high, inclusive)
    {
        return Err(values::error(range, "nothing is in this range"));
    }
    let max = end.as_deref().map(|value| Max { value: value.clone(), inclusive });
    Ok(Some(Bounds { min: start.as_deref().cloned(), max }))
}

#[derive(Clone, Copy)]
enum Number {
    Int(i128),
    Float(f64),
    Other,
}

impl Number {
    fn is_above(self, high: Self, inclusive: bool) -> bool {
        match (self, high) {
            (Self::Int(low), Self::Int(high)) => low > high || (!inclusive && low == high),
            (Self::Float(low), Self::Float(high)) => low > high || (!inclusive && low >= high),
            _ => false,
        }
    }
}

/// The number that a literal is; `None` for an expression that only the compiler can evaluate.
fn literal(expr: &Expr) -> Option<Number> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => {
            Some(int.base10_parse().map_or(Number::Other, Number::Int))
        }
        Expr::Lit(ExprLit { lit: Lit::Float(float), .. }) => {
            Some(float.base10_parse().map_or(Number::Other, Number::Float))
        }
        Expr::Lit(_) => Some(Number::Other),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
            literal(expr).map(|number| match number {
                Number::Int(int) => Number::Int(-int),
                Number::Float(float) => Number::Float(-float),
                Number::Other => Number::Other,
            })
        }
        _ => None,
    }
}

fn is_no_number(expr: &Expr) -> bool {
    matches!(literal(expr), Some(Number::Other))
}

fn is_no_length(expr: &Expr) -> bool {
    literal(expr).is_some_and(|number| !matches!(number, Number::Int(0..)))
}
