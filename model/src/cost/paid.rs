//! What today's machines cost, and what their bill says of what is paid of list prices.

use crate::cost::bill::usd_per_month;
use crate::cost::surplus::Surplus;
use crate::machine::Purchase;
use crate::policy::Policy;
use crate::problem::Problem;

/// A share of list prices that no usual discount leaves: one year of commitment takes 30 % off, spot more.
const FAR_BELOW_LIST: f64 = 0.7;

/// What reservations leave of the price on demand, where theirs is not known: the medians of 6,004 types of AWS (2,965 all upfront).
const USUAL_SHARES: [(Purchase, f64); 3] =
    [(Purchase::Reserved1Yr, 0.66), (Purchase::Reserved3Yr, 0.44), (Purchase::Reserved3YrAllUpfront, 0.39)];

/// The least that spot leaves of it, of the prices of 15,117 types.
const SPOT_AT_LEAST: f64 = 0.09;

/// A share of list prices above which a bill is of more than today's machines, or of another purchase.
pub const ABOVE_LIST: f64 = 1.05;

impl Problem<'_> {
    /// What today's machines cost, USD a month: by the bill, however they are paid for, else by the list where the workload
    /// says which and how many they are.
    pub fn usd_per_month_today(&self, policy: &Policy) -> Option<f64> {
        let list = || self.list_usd_per_month_today(policy.purchase);
        self.workload.current_usd_per_month.or_else(list)
    }

    /// The same of today's machines at `factor` times the load that was measured: by as much of their list price as is paid today.
    pub(crate) fn usd_per_month_at(&self, factor: f64, policy: &Policy) -> Option<f64> {
        let list = |factor| self.list_usd_per_month_at(factor, policy.purchase);
        let grown = list(factor).zip(list(1.0)).map_or(1.0, |(then, now)| then / now);
        Some(self.usd_per_month_today(policy)? * grown)
    }

    /// The same by the list, whatever the bill says.
    pub(crate) fn list_usd_per_month_today(&self, purchase: Purchase) -> Option<f64> {
        self.list_usd_per_month_at(1.0, purchase)
    }

    /// The same at `factor` times the load that was measured: with the CPU that they use above their baseline, unless the bill is nearer to
    /// what they cost without it.
    fn list_usd_per_month_at(&self, factor: f64, purchase: Purchase) -> Option<f64> {
        let price = self.current_machine?.usd_per_hour(purchase)?;
        let machines = usd_per_month(u64::from(self.workload.machines_today()?), price);
        let with_surplus = |factor| {
            let surplus = Surplus::at(factor, self.workload, self.current_machine);
            machines + surplus.map_or(0.0, Surplus::usd_per_month)
        };
        let today = with_surplus(1.0);
        let is_without = |bill: f64| machines < today && bill * bill < machines * today;
        let is_without = self.workload.current_usd_per_month.is_some_and(is_without);
        Some(if is_without { machines } else { with_surplus(factor) })
    }

    /// The same by each purchase, of reservations whose price is not known at their usual share of that on demand.
    fn lists_today(&self) -> impl Iterator<Item = (Purchase, f64)> {
        let on_demand = self.list_usd_per_month_today(Purchase::OnDemand);
        let usual = move |it| Some(on_demand? * USUAL_SHARES.iter().find(|(of, _)| *of == it)?.1);
        let all = Purchase::WORDS.iter().map(|&(_, it)| it);
        all.filter_map(move |it| Some((it, self.list_usd_per_month_today(it).or_else(|| usual(it))?)))
    }

    /// What the machines of the bill cost by the list: on demand as the bill says it, else by their type and number.
    pub(crate) fn list_usd_per_month_of_bill(&self, purchase: Purchase) -> Option<f64> {
        let said = self.workload.current_usd_per_month.and(self.workload.current_list_usd_per_month);
        let said = said.filter(|_| purchase == Purchase::OnDemand);
        said.or_else(|| self.list_usd_per_month_today(purchase))
    }

    /// The bill of today's machines over their list price under the same purchase, less the discounts that are given; `None`
    /// where one of both is not known.
    pub fn bill_over_list(&self, policy: &Policy) -> Option<f64> {
        Some(self.workload.current_usd_per_month? / self.list_usd_per_month_of_bill(policy.purchase)?)
    }

    /// What is paid of every list price: that quotient where it is known and no discount is given, else all of it.
    pub fn paid_share(&self, policy: &Policy) -> f64 {
        self.bill_over_list(policy).filter(|_| policy.discount_by_bill).unwrap_or(1.0)
    }

    /// What today's machines cost on demand by the catalog, USD a month, where the list price of the bill is far below that.
    pub fn list_far_above_bills(&self) -> Option<f64> {
        let said = self.workload.current_list_usd_per_month?;
        self.list_usd_per_month_today(Purchase::OnDemand).filter(|list| said < FAR_BELOW_LIST * list)
    }

    /// The purchase by which today's machines cost least, and that bill, USD a month, where theirs is below it by more than a usual
    /// discount; on spot, where it is below any price of that.
    pub fn bill_is_below_all(&self, policy: &Policy) -> Option<(Purchase, f64)> {
        let bill = self.workload.current_usd_per_month?;
        self.list_usd_per_month_today(policy.purchase)?;
        if policy.purchase == Purchase::Spot {
            let least = SPOT_AT_LEAST * self.list_usd_per_month_today(Purchase::OnDemand)?;
            return (bill < least).then_some((Purchase::Spot, least));
        }
        let least = self.lists_today().min_by(|(_, one), (_, other)| one.total_cmp(other));
        least.filter(|(_, least)| bill < FAR_BELOW_LIST * least)
    }

    /// Another purchase whose list price of today's machines is nearer to their bill, where the bill is far below that of the one
    /// planned with, or above it: other types may cost less of their lists then, or more. A list price on demand, where it is given,
    /// tells that what is paid of it is a discount. Prices of spot fall by themselves.
    pub fn may_be_paid_by(&self, policy: &Policy) -> Option<Purchase> {
        let is_discount =
            policy.purchase == Purchase::OnDemand && self.workload.current_list_usd_per_month.is_some();
        let is_open = !is_discount && policy.purchase != Purchase::Spot;
        let is_odd = |share: &f64| *share > ABOVE_LIST || is_open && *share < FAR_BELOW_LIST;
        let share = self.bill_over_list(policy).filter(is_odd)?;
        let paid = self.list_usd_per_month_today(policy.purchase)? * share;
        let apart = self.lists_today().map(|(it, list)| (it, (paid / list).ln().abs()));
        let nearest = apart.min_by(|(_, one), (_, other)| one.total_cmp(other))?.0;
        (nearest != policy.purchase).then_some(nearest)
    }

    /// Whether there is a bill, and nothing says what is paid in it of the list prices that plans are made at.
    pub fn bill_has_no_list_price(&self, policy: &Policy) -> bool {
        let is_used = policy.discount_by_bill && self.workload.current_usd_per_month.is_some();
        is_used && self.list_usd_per_month_of_bill(policy.purchase).is_none()
    }
}
