import { Bus } from '@nestanza/bus';
import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

@Controller('health')
export class HealthController {
  constructor(
    private readonly bus: Bus,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  /** 200 while both the bus and the database answer, else 503 saying which does not. */
  @Get()
  async health() {
    const database = await this.dataSource.query('select 1').then(
      () => 'online',
      () => 'offline',
    );
    const health = { status: 'ok', bus: this.bus.status, database };
    if (health.bus === 'online' && database === 'online') return health;
    throw new ServiceUnavailableException({ ...health, status: 'unavailable' });
  }
}
