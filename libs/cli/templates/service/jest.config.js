import { preset } from '@nestanza/testing/jest';

export default { ...preset };
