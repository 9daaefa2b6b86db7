import { memberLogContract } from './member-log-contract.ts';
import { PlainMemberLog } from './plain-member-log.ts';

memberLogContract('the plain one', () => new PlainMemberLog());
