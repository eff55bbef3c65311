import { contractTests } from './contract.ts';

contractTests('python');
