#!/usr/bin/env node
import process from 'node:process'
import { runCli } from './cli.ts'

const { code, out } = await runCli(process.argv.slice(2))
const stream = code === 2 ? process.stderr : process.stdout
stream.write(out)
process.exitCode = code
