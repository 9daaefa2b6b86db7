import type { DashboardDescription } from './dashboard.ts';
import { decisions } from './decisions.ts';
import { fleetAndStores } from './fleet-and-stores.ts';
import { hotPath } from './hot-path.ts';
import { modelsAndNorms } from './models-and-norms.ts';

/** All dashboards, in the order in which one looks. */
export const dashboards: readonly DashboardDescription[] = [hotPath, decisions, modelsAndNorms, fleetAndStores];
