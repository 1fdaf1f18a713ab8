//! Discounts on list prices: one on all, others on families of machine types.

use crate::input::quantity;
use tonnage_model::machine::Machine;

/// Shares that are taken off list prices.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discounts(Vec<(Option<String>, f64)>);

impl Discounts {
    /// Reads `12%` for all and `c7a=20%` for a family, with commas between them; the last one of a family counts.
    pub fn of(text: &str) -> Option<Self> {
        let one = |text: &str| {
            let (family, share) = match text.split_once('=') {
                Some((family, share)) => {
                    (Some(family.trim().to_owned()).filter(|it| !it.is_empty())?.into(), share)
                }
                None => (None, text),
            };
            let share = quantity::share(share).filter(|share| (0.0..1.0).contains(share))?;
            Some((family, share))
        };
        text.split(',').map(one).collect::<Option<_>>().map(Self)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Families that have one of their own.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(family, _)| family.as_deref())
    }

    /// Each as it is written.
    pub fn written(&self) -> Option<Vec<String>> {
        let one = |(family, share): &(Option<String>, f64)| {
            // Twelve digits hide what 100 times a share has too many of.
            let percent = format!("{}%", (share * 1e14).round() / 1e12);
            family.as_ref().map_or(percent.clone(), |family| format!("{family}={percent}"))
        };
        (!self.0.is_empty()).then(|| self.0.iter().map(one).collect())
    }

    /// Takes them off the prices of a machine type: that of its family, else that on all.
    pub fn apply(&self, machine: &mut Machine) {
        let of = |wanted: Option<&str>| self.0.iter().rfind(|(family, _)| family.as_deref() == wanted);
        if let Some((_, share)) = of(Some(&machine.family)).or_else(|| of(None)) {
            machine.prices = machine.prices.times(1.0 - share);
        }
    }
}
