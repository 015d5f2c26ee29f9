// SPDX-License-Identifier: EUPL-1.2
import { PostgresQueue, Waker } from '@amtsbote/bus';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';

import { ANSWERS } from './answers/answers.providers.js';
import { CASES } from './cases/cases.providers.js';
import { CATALOGUE } from './catalogue/catalogue.providers.js';
import { ApplicationCommands } from './delivery/application-commands.js';
import { Claims } from './delivery/claims.js';
import { Gates } from './delivery/gates.js';
import { InstanceCommands } from './delivery/instance-commands.js';
import { CollectWorker } from './delivery/kinds/collect.worker.js';
import { ExportWorker } from './delivery/kinds/export.worker.js';
import { FilingWorker } from './delivery/kinds/filing.worker.js';
import { JoinedApplications } from './delivery/kinds/joined.js';
import { Materials } from './delivery/kinds/material.js';
import { PaymentWorker } from './delivery/kinds/payment.worker.js';
import { StatusWorker } from './delivery/kinds/status.worker.js';
import { LaufzettelProgress } from './delivery/progress.js';
import { AttemptRecords } from './delivery/records.js';
import { Runner } from './delivery/runner.js';
import { StepCommands } from './delivery/step-commands.js';
import { StepWorkers } from './delivery/step-workers.js';
import { Sweeper } from './delivery/sweeper.js';
import { BusState } from './house/bus-state.js';
import { Instances } from './house/instances.js';
import { Lifecycle } from './house/lifecycle.js';
import { House } from './house/tokens.js';
import { UnitOfWork } from './house/unit-of-work.js';
import { ProblemFilter } from './http/problem.filter.js';
import { FormCoverage } from './intake/coverage/form-coverage.js';
import { IntakeEndpoints } from './intake/endpoints.js';
import { IntakeService } from './intake/intake.service.js';
import { BlobJanitor } from './intake/janitor.js';
import { IntakePressure } from './intake/pressure/intake-pressure.js';
import { PULL } from './intake/pull/pull.providers.js';
import { DataSchemas } from './intake/schemas/data-schemas.js';
import { MappingTrials } from './intake/trial/mapping-trial.js';
import { OPS } from './ops/ops.providers.js';
import { PARALLEL } from './parallel/parallel.providers.js';
import { Decisions } from './pickup/decisions.js';
import { PickupQueue } from './pickup/pickup-queue.js';
import { QueueAccesses } from './pickup/queue-access.js';
import { Receipts } from './pickup/receipts.js';
import { controllersOf } from './roles.js';
import { Routes } from './routing/routes.js';
import { StatusKeeper } from './status/status-keeper.js';

const DELIVERY = [
  Claims,
  Gates,
  Runner,
  Sweeper,
  StepWorkers,
  AttemptRecords,
  Materials,
  JoinedApplications,
  CollectWorker,
  PaymentWorker,
  FilingWorker,
  ExportWorker,
  StatusWorker,
  StepCommands,
  ApplicationCommands,
  InstanceCommands,
];
const PIPELINE = [
  UnitOfWork,
  Instances,
  Lifecycle,
  BusState,
  Routes,
  StatusKeeper,
  LaufzettelProgress,
  IntakeEndpoints,
  IntakeService,
  IntakePressure,
  BlobJanitor,
  FormCoverage,
  DataSchemas,
  MappingTrials,
];
const PICKUP = [QueueAccesses, PickupQueue, Receipts, Decisions];

/** The whole hub as one Nest module; which parts answer and work is decided by the roles. */
@Module({})
export class HubModule {
  static register(house: House): DynamicModule {
    const providers: Provider[] = [
      { provide: House, useValue: house },
      { provide: Waker, useFactory: () => new Waker(house.database) },
      { provide: PostgresQueue, useFactory: () => new PostgresQueue(house.database, house.clock) },
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_PIPE, useFactory: () => new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }) },
      ...PIPELINE,
      ...DELIVERY,
      ...PULL,
      ...ANSWERS,
      ...PICKUP,
      ...PARALLEL,
      ...CASES,
      ...CATALOGUE,
      ...OPS,
    ];
    return { module: HubModule, controllers: controllersOf(house.loaded.config.roles), providers };
  }
}
