import { writeFileSync } from 'node:fs';
import { nativeHeader } from '../dist/core/index.js';

writeFileSync(new URL('./base/ops.generated.h', import.meta.url), nativeHeader());
