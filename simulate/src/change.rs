//! What happens to a group while it runs.

/// No member.
pub const NOBODY: u32 = u32::MAX;

/// A change of who reads what.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Members are gone at once, with what they have in flight, which has to be handled again.
    Stop(Vec<u32>),
    /// The same of members that do not commit before: what they have handled since their last commit, too.
    Kill(Vec<u32>),
    /// Nobody reads these partitions until they are assigned; calls under way end.
    Revoke(Vec<u32>),
    /// Each partition has its owner, who is there.
    Assign(Vec<u32>),
}
