import { contractTests } from './contract.ts';

contractTests('ts');
