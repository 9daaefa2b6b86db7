/** What a member gives to the log of its group, and how far it has read. */
export interface MemberLogCall {
  /** The log that was read: a number that it has of its own; 0 for none yet. */
  readonly birth: number;
  /** The entry that was read last; 0 for none. */
  readonly readTo: number;
  /** To be appended; absent for nothing. */
  readonly entry?: string;
  /** What all entries up to `at` come to: from then on it stands for them. */
  readonly sum?: { readonly at: number; readonly text: string };
}

export interface MemberLogAnswer {
  /** Another than was asked about: that log is gone, and this is all of the new one. */
  readonly birth: number;
  /** The entry that was read last is now this one. */
  readonly readTo: number;
  /** What all came to up to some entry after `readTo` of the call; absent where no entry is missing. */
  readonly sum?: string;
  /** What came after that, oldest first, one's own among them. */
  readonly entries: readonly string[];
  /** Entries that no sum stands for yet: beyond some, one should be given. */
  readonly unsummed: number;
}

/**
 * A log that members of a group write and all of them read, in one order, so that they count alike. It has an end: without a call for
 * so many days it is gone.
 */
export interface MemberLog {
  /** One round trip. Rejects with `FailureError` `STORE_UNAVAILABLE`; whether the entry was appended is then not known. */
  exchange(call: MemberLogCall): Promise<MemberLogAnswer>;
}
