import { contractTests } from './contract.ts';

contractTests('go');
