//! view
use kehu_domain::Day;
use kehu_sample::{Crowd,Demo,Sheet};
fn main(){
 let t=std::time::Instant::now();
 let d=Demo::new(7,Day::parse("2026-06-30").unwrap());
 for s in Sheet::ALL { let mut f=std::fs::File::create(format!("/tmp/sampleview/{}",s.file_name())).unwrap(); let mut v=vec![]; d.write(s,&mut v).unwrap(); use std::io::Write as _; f.write_all(&v).unwrap(); }
 eprintln!("demo {:?}",t.elapsed());
 let t=std::time::Instant::now();
 let c=Crowd{seed:1,customers:1_000_000,interactions:10_000_000,last_day:Day::parse("2026-06-30").unwrap()};
 c.write_customers(&mut std::fs::File::create("/tmp/sampleview/c.csv").unwrap()).unwrap();
 eprintln!("customers {:?}",t.elapsed());
 let t=std::time::Instant::now();
 c.write_interactions(&mut std::fs::File::create("/tmp/sampleview/i.csv").unwrap()).unwrap();
 eprintln!("interactions {:?}",t.elapsed());
}
