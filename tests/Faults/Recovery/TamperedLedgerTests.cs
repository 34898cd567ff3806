using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Faults.Recovery;

/// <summary>Fault 68: somebody who owns the database changes the past. The ledger, which they do not own, tells.</summary>
public sealed class TamperedLedgerTests : IAsyncLifetime
{
    private TestRecords records = null!;
    private Guid school;

    public async Task InitializeAsync()
    {
        records = await TestRecords.CreateAsync();
        school = (await records.AddSchoolAsync()).Id;
        for (var i = 0; i < 6; i++) await AddAndLeaveAsync($"Teacher {i}");
        await records.SealAsync();
        Assert.Empty(await VerifyAsync());
        Assert.Equal(GateState.Open, await GateAsync());
    }

    public async Task DisposeAsync() => await records.DisposeAsync();

    [Fact]
    public async Task Fault68_An_edited_entry_is_found()
    {
        await AsOwnerAsync("update audit_entries set event = 'staff.added' where event = 'staff.left'");
        Assert.Contains(await VerifyAsync(), finding => finding.Contains("is not what was sealed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fault68_An_entry_taken_out_of_the_middle_is_found()
    {
        await AsOwnerAsync("delete from audit_entries where id = (select entry_id from audit_seals where position = 4); delete from audit_seals where position = 4");
        Assert.Contains(await VerifyAsync(), finding => finding.Contains("position 4 is missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fault68_A_tail_cut_off_with_its_seals_is_found_and_closes_the_gate()
    {
        await AsOwnerAsync("""
            delete from audit_entries where id in (select entry_id from audit_seals where position > 6);
            delete from audit_seals where position > 6; update ledger_marks set position = 6
            """);
        Assert.Contains(await VerifyAsync(), finding => finding.Contains("it ends at position 6, and the ledger was told of position", StringComparison.Ordinal));
        Assert.Equal(GateState.Replaying, await GateAsync());
    }

    [Fact]
    public async Task Fault68_A_chain_written_anew_from_an_edited_entry_on_is_found_and_closes_the_gate()
    {
        await AsOwnerAsync("update audit_entries set actor_id = gen_random_uuid() where id = (select entry_id from audit_seals where position = 3)");
        await ChainAnewAsync();
        Assert.Contains(await VerifyAsync(), finding => finding.Contains("is not the one that the ledger was told", StringComparison.Ordinal));
        Assert.Equal(GateState.AwaitingApproval, await GateAsync());
    }

    [Fact]
    public async Task Fault68_A_changed_detail_with_the_chain_written_anew_is_found()
    {
        await AsOwnerAsync("""update audit_entries set details = details || '{"quietly": "changed"}' where id = (select entry_id from audit_seals where position = 5)""");
        await ChainAnewAsync();
        var findings = await VerifyAsync();
        Assert.Contains(findings, finding => finding.Contains("is not the one that the ledger was told", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("the ledger's end cut off")]
    [InlineData("a fact taken out of the ledger")]
    [InlineData("a head changed")]
    [InlineData("the ledger deleted")]
    public async Task A_changed_ledger_is_found_too(string how)
    {
        for (var i = 0; i < 3; i++)
        {
            await AddAndLeaveAsync($"Later {i}");
            await records.SealAsync();
        }
        var path = records.Settings.LedgerFile;
        var lines = (await File.ReadAllLinesAsync(path)).ToList();
        if (how == "the ledger's end cut off") lines.RemoveAt(lines.Count - 1);
        if (how == "a fact taken out of the ledger") lines.RemoveAt(lines.FindIndex(line => line.Contains("\"fact\"", StringComparison.Ordinal)));
        if (how == "a head changed")
        {
            var head = lines.FindIndex(line => line.Contains("\"head\"", StringComparison.Ordinal));
            lines[head] = lines[head].Replace("\"digest\":\"", "\"digest\":\"00", StringComparison.Ordinal).Remove(lines[head].IndexOf("\"digest\":\"", StringComparison.Ordinal) + 74, 2);
        }
        if (how == "the ledger deleted") File.Delete(path);
        else await File.WriteAllLinesAsync(path, lines);
        Assert.NotEmpty(await VerifyAsync());
    }

    [Fact]
    public async Task A_ledger_that_is_gone_closes_the_gate_until_two_people_agree_and_is_then_told_anew()
    {
        File.Delete(records.Settings.LedgerFile);
        Assert.Equal(GateState.AwaitingApproval, await GateAsync());
        await records.RunAsync<RestoreDesk>(desk => desk.BeginAsync(RestoreWhy.LedgerLost, CancellationToken.None));
        var restore = await records.ScalarAsync<Guid>("select id from restores");
        var (_, ict) = await records.TokenAsync(school, new NewToken(Role.Ict, "Ict", null, null, null));
        var (_, head) = await records.TokenAsync(school, new NewToken(Role.Head, "Head", null, null, null));
        Assert.False(await EndAsync(restore));
        await records.RunAsync<RestoreDesk>(desk => desk.ApproveAsync(TestRecords.ActOf(ict), restore, CancellationToken.None));
        Assert.False(await EndAsync(restore));
        await records.RunAsync<RestoreDesk>(desk => desk.ApproveAsync(TestRecords.ActOf(head), restore, CancellationToken.None));
        Assert.True(await EndAsync(restore));
        await records.SealAsync();
        Assert.Equal(GateState.Open, await GateAsync());
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task The_ledger_survives_a_line_that_a_power_cut_left_half_written()
    {
        await File.AppendAllTextAsync(records.Settings.LedgerFile, "{\"line\":\"fact\",\"school\":\"");
        await AddAndLeaveAsync("After the cut");
        await records.SealAsync();
        Assert.Empty(await VerifyAsync());
        Assert.Equal(GateState.Open, await GateAsync());
    }

    [Fact]
    public async Task What_is_told_twice_after_a_crash_before_the_mark_does_no_harm()
    {
        await records.ScalarAsync<long>("with cut as (update ledger_marks set position = 3 returning 1) select count(*) from cut");
        await AddAndLeaveAsync("After the crash");
        await records.SealAsync();
        Assert.Empty(await VerifyAsync());
        Assert.Equal(GateState.Open, await GateAsync());
    }

    [Fact]
    public async Task The_ledger_names_nobody()
    {
        var text = await File.ReadAllTextAsync(records.Settings.LedgerFile);
        Assert.DoesNotContain("Teacher", text, StringComparison.Ordinal);
        Assert.Contains("staff.left", text, StringComparison.Ordinal);
    }

    private async Task AddAndLeaveAsync(string name)
    {
        var (person, _) = await records.RunAsync<StaffAdmin, (StaffMember, string)>(admin => admin.AddAsync(Act.OfSystem(school), name, [Role.Teacher], CancellationToken.None));
        await records.RunAsync<RecordsDb>(async db =>
        {
            var act = Act.OfSystem(school);
            await db.CommitAsync(act, CancellationToken.None, new AuditEvent("staff.left", null, "staff", person.Id.ToString()));
        });
    }

    private Task<bool> EndAsync(Guid restore) => records.RunAsync<RestoreDesk, bool>(desk => desk.EndAsync(restore, CancellationToken.None));

    private async Task<GateState> GateAsync() => (await records.Services.GetRequiredService<ServingGate>().LookAsync(CancellationToken.None)).State;

    private Task<IReadOnlyList<string>> VerifyAsync() =>
        records.RunAsync<Verification, IReadOnlyList<string>>(verification => verification.RunAsync(CancellationToken.None));

    /// <summary>As a superuser who has switched every trigger off.</summary>
    private async Task AsOwnerAsync(string change)
    {
        await using var connection = await records.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var edit = new NpgsqlCommand($"set local session_replication_role = replica; {change}", connection, transaction)) await edit.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Every digest computed as the sealer does, over the entries as they are now.</summary>
    private async Task ChainAnewAsync()
    {
        var anew = await records.RunAsync<RecordsDb, List<string>>(async db =>
        {
            var (digest, updates) = (Sealer.First(school), new List<string>());
            var rows = await db.AuditSeals.AsNoTracking().Where(seal => seal.SchoolId == school).OrderBy(seal => seal.Position)
                .Join(db.AuditEntries.AsNoTracking(), seal => seal.EntryId, entry => entry.Id, (seal, entry) => new { seal.Position, entry }).ToListAsync();
            foreach (var row in rows.OrderBy(row => row.Position))
            {
                digest = Sealer.Chain(digest, row.Position, row.entry);
                updates.Add($"update audit_seals set digest = '\\x{Convert.ToHexString(digest)}' where position = {row.Position}");
            }
            return updates;
        });
        await AsOwnerAsync(string.Join(';', anew));
    }
}
