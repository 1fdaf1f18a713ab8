//! Which smaller steps than another language count.

use crate::decide::alternative::{Alternative, AlternativeKind};

/// Smaller steps than another language that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// All of them.
    All,
    /// Those of one kind.
    Only(AlternativeKind),
    /// None.
    None,
}

impl Steps {
    /// Whether one is among them.
    pub(super) fn count(self, step: &Alternative) -> bool {
        match self {
            Self::All => true,
            Self::Only(kind) => step.kind == kind,
            Self::None => false,
        }
    }
}
