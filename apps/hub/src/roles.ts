// SPDX-License-Identifier: EUPL-1.2
import type { Type } from '@nestjs/common';

import { PrefillController } from './cases/prefill.controller.js';
import { CatalogueController } from './catalogue/read/catalogue.controller.js';
import { CatalogueListener } from './catalogue/runs/catalogue.listener.js';
import { CatalogueOpsController } from './catalogue/runs/catalogue-ops.controller.js';
import { PushController } from './catalogue/runs/push.controller.js';
import type { Role } from './config/hub-config.js';
import { FactsListener } from './delivery/facts.controller.js';
import { Triggers } from './delivery/triggers.controller.js';
import { HealthController } from './http/health.controller.js';
import { IntakeController } from './intake/intake.controller.js';
import { OpsApplicationsController } from './ops/applications.controller.js';
import { ConsoleController } from './ops/console.controller.js';
import { OpsFilingController } from './ops/filing/filing.controller.js';
import { OpsFormVersionsController } from './ops/forms/form-versions.controller.js';
import { OpsMappingsController } from './ops/forms/mappings.controller.js';
import { OpsHouseController } from './ops/house.controller.js';
import { OpsInstancesController } from './ops/instances.controller.js';
import { OpsPullsController } from './ops/pulls/pulls.controller.js';
import { OpsRedrivesController } from './ops/redrive/redrive.controller.js';
import { OpsStepsController } from './ops/steps.controller.js';
import { OpsParallelRunsController } from './parallel/parallel.controller.js';
import { PickupController } from './pickup/pickup.controller.js';
import { PaymentReturnController } from './status/payment-return.controller.js';
import { StatusController } from './status/status.controller.js';

/** What each role puts on the network. `intake` may stand in a DMZ: it reaches no target; `worker` answers nobody. */
const CONTROLLERS: Readonly<Record<Exclude<Role, 'all'>, readonly Type[]>> = {
  intake: [IntakeController, StatusController, PaymentReturnController, PrefillController, PushController],
  worker: [Triggers, FactsListener, CatalogueListener],
  ops: [
    CatalogueController,
    CatalogueOpsController,
    PickupController,
    OpsApplicationsController,
    OpsStepsController,
    OpsRedrivesController,
    OpsFilingController,
    OpsParallelRunsController,
    OpsPullsController,
    OpsInstancesController,
    OpsHouseController,
    OpsFormVersionsController,
    OpsMappingsController,
    ConsoleController,
  ],
};

/** The roles a process has, with `all` spelled out. */
export function rolesOf(roles: readonly Role[]): readonly Exclude<Role, 'all'>[] {
  return roles.includes('all') ? ['intake', 'worker', 'ops'] : roles.filter((role) => role !== 'all');
}

/** Controllers of a process with these roles. */
export function controllersOf(roles: readonly Role[]): Type[] {
  return [HealthController, ...rolesOf(roles).flatMap((role) => CONTROLLERS[role])];
}
