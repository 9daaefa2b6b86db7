/** Which worlds there are, for the command line: without the simulator behind them, so that naming one costs nothing. */
export { profileNames, worldPurposes, type ProfileName, type WorldPurpose } from '../simulation/customs/profiles.ts';
