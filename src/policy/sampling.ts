import type { Sample } from '../domain/decision.ts';

/** From a score on, with which probability an account comes to belong to a sample. */
export interface SamplingBand {
  /** The lowest score of the band, 0 to 1. */
  readonly from: number;
  /** 0 to 1. */
  readonly probability: number;
}

/** Who is drawn at random, so that precision and recall can be told of all accounts. Bands rise; below the first nobody is drawn. */
export interface Sampling {
  /** Milliseconds of event time for which an account keeps its place in the draw. */
  readonly periodMs: number;
  /** Of accounts that would be blocked: who is let through instead. */
  readonly holdOut: readonly SamplingBand[];
  /** Of all accounts: whom people look at, without being told what machines think. */
  readonly audit: readonly SamplingBand[];
  /** How many times as probable the audit is of accounts that people watch, 1 or more. */
  readonly watchedTimes: number;
}

/** An event in the draw of both samples. */
export interface Draw {
  /** Of the account among all, evenly from 0 to below 1. It is in a sample where this is below the sample's probability. */
  readonly place: number;
  readonly holdOut: number;
  readonly audit: number;
}

/** @param place of the account in this period. @param score 0 to 1. */
export function drawOf(sampling: Sampling, place: number, score: number, isWatched: boolean): Draw {
  const audit = probabilityAt(sampling.audit, score) * (isWatched ? sampling.watchedTimes : 1);
  return { place, holdOut: probabilityAt(sampling.holdOut, score), audit: Math.min(1, audit) };
}

/** Of what a group asks for, whoever is drawn is let through. @param place of the account in this period. */
export function drawOfGroup(sampling: Sampling, place: number): Draw {
  // A group has no score, and blocks whom it is as sure of as can be.
  return { place, holdOut: probabilityAt(sampling.holdOut, 1), audit: 0 };
}

/**
 * The sample that an event's account belongs to; undefined for none.
 *
 * Both samples have one place: who is in the one with the smaller probability is in the other too, so that the probability of being in
 * any is the larger of them.
 */
export function sampleOf({ place, holdOut, audit }: Draw, isBlock: boolean): Sample | undefined {
  if (isBlock && place < holdOut)
    return { kind: 'hold-out', probability: holdOut, ...(audit > holdOut ? { ofAny: audit } : {}) };
  return place < audit ? { kind: 'audit', probability: audit } : undefined;
}

function probabilityAt(bands: readonly SamplingBand[], score: number): number {
  return bands.findLast(({ from }) => score >= from)?.probability ?? 0;
}
